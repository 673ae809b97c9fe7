-- All visits of a site that the period touches are settled.
stored AS NOT MATERIALIZED (
    SELECT *
    FROM visit
    WHERE site = $site
)
