-- The journey report: its totals, the nodes that may be named, the sum of each column, and the links between columns.
WITH
{visits},
{route},
-- Where each visit is in each column; NULL where it had left or had not begun.
placed AS MATERIALIZED (
    SELECT mark, {places}
    FROM route
),
spot AS NOT MATERIALIZED (
{spots}
),
{named},
top AS MATERIALIZED (
    SELECT {tops}
    FROM named
),
classed AS NOT MATERIALIZED (
    SELECT mark, {classed}
    FROM placed, top
),
{tally}
SELECT 'column' AS row, number, '' AS source, '' AS target, sum(visits)::BIGINT AS visits, count(*) AS subjects
FROM node
GROUP BY number
UNION ALL
SELECT 'node', number, key, '', visits, 0
FROM named
UNION ALL
SELECT
    tally.row,
    tally.number,
    CASE tally.source WHEN 0 THEN 'left' WHEN 255 THEN 'other' ELSE here.key END,
    CASE tally.target WHEN 0 THEN 'left' WHEN 255 THEN 'other' ELSE there.key END,
    tally.visits,
    tally.subjects
FROM tally
LEFT JOIN named AS here ON here.number = tally.number AND here.place = tally.source
LEFT JOIN named AS there ON there.number = tally.number + 1 AND there.place = tally.target
ORDER BY ALL
