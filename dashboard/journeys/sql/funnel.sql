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
SELECT 'visits' AS row, 0 AS number, '' AS key, count(*) AS visits, count(DISTINCT subject) AS subjects
FROM kept
JOIN subject_of USING (visit)
WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
UNION ALL
SELECT 'reached', reached.number, '', count(*), count(DISTINCT subject)
FROM (SELECT visit, unnest(range(number + 1)) AS number FROM dropped) AS reached
JOIN subject_of USING (visit)
GROUP BY reached.number
UNION ALL
SELECT 'dropped', number, '', count(*), count(DISTINCT subject)
FROM dropped
JOIN subject_of USING (visit)
GROUP BY number
UNION ALL
SELECT 'next', number, key, count(*), count(DISTINCT subject)
FROM dropped
JOIN subject_of USING (visit)
GROUP BY number, key
ORDER BY ALL
