INSERT INTO visit BY NAME
WITH
stale AS (
    SELECT site, visit
    FROM settling
),
{fresh}
{rows}
ORDER BY first_at
