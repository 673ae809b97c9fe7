-- The rows of the visits in `settling`.
CREATE TEMP TABLE settled AS
WITH
stale AS (
    SELECT site, visit
    FROM settling
),
{fresh}
{rows}
