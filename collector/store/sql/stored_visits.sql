-- All visits of a site, each whole: those that are settled, and the others from their events.
stale AS (
    SELECT DISTINCT site, visit
    FROM changed
    WHERE site = $site
),
{fresh},
stored AS NOT MATERIALIZED (
    SELECT *
    FROM visit
    ANTI JOIN stale USING (visit)
    WHERE site = $site
    UNION ALL BY NAME
    {rows}
)
