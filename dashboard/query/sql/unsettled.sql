-- The visits of a site that are not settled, each with all that it spans: for the statements of one reader. The row of such
-- a visit, if there is one, may be of any age, so all of them are looked through: once for a snapshot.
CREATE OR REPLACE TEMP TABLE unsettled AS
WITH
stale AS (
    SELECT visit, first_at, last_at
    FROM changed
    WHERE site = $site
)
SELECT visit, min(first_at) AS first_at, max(last_at) AS last_at
FROM (
    FROM stale
    UNION ALL
    SELECT visit, first_at, last_at
    FROM visit
    SEMI JOIN stale USING (visit)
    WHERE site = $site
)
GROUP BY visit
