-- A funnel: how many visits it is about, how many reach each step, and where those who dropped out went next.
WITH
{visits},
{taken},
{reached},
-- How many steps each visit reached, and its next node after the last of them; NULL where it ended there.
stand AS MATERIALIZED (
    SELECT mark, reached, nodes[next] AS id
    FROM (SELECT mark, nodes, {count} AS reached, {next} AS next FROM {last})
),
spot AS NOT MATERIALIZED (
    SELECT reached - 1 AS number, id, mark
    FROM stand
    WHERE reached BETWEEN 1 AND $steps - 1 AND id IS NOT NULL
),
{named},
classed AS NOT MATERIALIZED (
    SELECT mark, reached, CASE WHEN stand.id IS NULL THEN 0 ELSE coalesce(place, 255) END AS class
    FROM stand
    LEFT JOIN named ON named.number = reached - 1 AND named.id = stand.id
),
{tally}
SELECT 'column' AS row, number, '' AS source, sum(visits)::BIGINT AS visits, count(*) AS subjects
FROM node
GROUP BY number
UNION ALL
SELECT 'node', number, key, visits, 0
FROM named
UNION ALL
SELECT row, number, CASE WHEN row <> 'rest' THEN '' WHEN source = 0 THEN 'left' ELSE 'other' END, visits, subjects
FROM tally
ORDER BY ALL
