-- The journey report: its totals, the nodes that may be named, the sum of each column, and the links between columns.
WITH
{visits},
{route},
{walk},
ranked AS (
    SELECT number, key, visits, row_number() OVER (PARTITION BY number ORDER BY visits DESC, key) AS place
    FROM node
    WHERE subjects >= $k
),
named AS (
    SELECT number, key, visits, place
    FROM ranked
    WHERE place <= $top
),
link AS (
    SELECT
        walk.number,
        CASE WHEN walk.key IS NULL THEN 'left' WHEN here.key IS NULL THEN 'other' ELSE walk.key END AS source,
        CASE WHEN walk.next_key IS NULL THEN 'left' WHEN there.key IS NULL THEN 'other' ELSE walk.next_key END AS target,
        count(*) AS visits,
        count(DISTINCT subject) AS subjects
    FROM walk
    JOIN subject_of USING (visit)
    LEFT JOIN named AS here ON here.number = walk.number AND here.key = walk.key
    LEFT JOIN named AS there ON there.number = walk.number + 1 AND there.key = walk.next_key
    WHERE walk.number < $columns - 1
    GROUP BY ALL
)
SELECT 'visits' AS row, 0 AS number, '' AS source, '' AS target, count(*) AS visits, count(DISTINCT subject) AS subjects
FROM kept
JOIN subject_of USING (visit)
WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
UNION ALL
SELECT 'matched', 0, '', '', count(*), count(DISTINCT subject)
FROM anchored
JOIN subject_of USING (visit)
UNION ALL
SELECT 'rest', walk.number, CASE WHEN walk.key IS NULL THEN 'left' ELSE 'other' END, '', count(*), count(DISTINCT subject)
FROM walk
JOIN subject_of USING (visit)
LEFT JOIN named ON named.number = walk.number AND named.key = walk.key
WHERE named.key IS NULL
GROUP BY ALL
UNION ALL
SELECT 'column', number, '', '', sum(visits)::BIGINT, count(*)
FROM node
GROUP BY number
UNION ALL
SELECT 'node', number, key, '', visits, 0
FROM named
UNION ALL
SELECT 'link', number, source, target, visits, subjects
FROM link
ORDER BY ALL
