-- All visits of a site, each whole: those that are settled, and the others as `fresh` has them.
stale AS (
    SELECT DISTINCT visit
    FROM changed
    WHERE site = $site
),
stored AS NOT MATERIALIZED (
    SELECT *
    FROM visit
    ANTI JOIN stale USING (visit)
    WHERE site = $site
    UNION ALL BY NAME
    SELECT *
    FROM fresh
)
