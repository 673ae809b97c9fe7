-- Whether an earlier visit of the visitor is stored: as each visit's row says, but for visitors of whom a visit is not
-- settled; when the first of theirs began, over all time, is found here.
met AS (
    SELECT visitor, min(began) AS first_began
    FROM (
        SELECT visitor, began
        FROM fresh
        UNION ALL
        SELECT visitor, began
        FROM visit
        ANTI JOIN stale USING (visit)
        WHERE site = $site AND visitor IN (SELECT visitor FROM fresh)
    )
    WHERE visitor IS NOT NULL
    GROUP BY visitor
),
recognised AS (
    SELECT
        visits.*,
        CASE
            WHEN visits.visitor IS NULL THEN 'unknown'
            WHEN coalesce(met.first_began < visits.began, visits.returns) THEN 'returning'
            ELSE 'new'
        END AS returning
    FROM visits
    LEFT JOIN met ON visits.visitor = met.visitor
)
