-- A funnel: how many visits it is about, how many reach each step, and where those who dropped out went next.
WITH
{visits},
{route},
{reached},
stand AS (
    SELECT visit, keys, {stands} AS stands
    FROM {last}
),
dropped AS (
    SELECT len(stands) - 1 AS number, coalesce(keys[stands[-1] + 1], 'left') AS key, visit
    FROM stand
)
SELECT 'visits' AS row, 0 AS number, '' AS key, count(*) AS visits, 0 AS subjects
FROM kept
WHERE began >= $start AND began < $end
UNION ALL
SELECT 'next', number, key, count(*), count(DISTINCT subject)
FROM dropped
JOIN subject_of USING (visit)
GROUP BY number, key
ORDER BY ALL
