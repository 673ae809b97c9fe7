-- The visits of a site that are not settled, from their events: for the statements of one reader.
CREATE OR REPLACE TEMP TABLE fresh AS
WITH
stale AS (
    SELECT DISTINCT site, visit
    FROM changed
    WHERE site = $site
),
{fresh}
{rows}
