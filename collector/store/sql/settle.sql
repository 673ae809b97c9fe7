INSERT INTO visit BY NAME
WITH
stale AS (
    SELECT site, visit
    FROM settling
),
{fresh}
SELECT * FROM fresh ORDER BY first_at
