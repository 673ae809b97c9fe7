-- Where each visit is at the first step of the funnel.
reached_0 AS (
    SELECT visit, keys, hits_0[1] AS at_0{later}
    FROM route
    WHERE hits_0[1] IS NOT NULL
)
