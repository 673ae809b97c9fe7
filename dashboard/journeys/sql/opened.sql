-- The *other* of one column: the nodes that k subjects took and that are not named already, the largest first; then how many
-- nodes, and visits at them, stay unnamed because fewer did.
WITH
{visits},
{route},
spot AS MATERIALIZED (
    SELECT mark, {place} AS id
    FROM route
    WHERE id IS NOT NULL
),
node AS MATERIALIZED (
    SELECT id, count(*) AS visits, bit_count(bit_or(1::UBIGINT << (mark % 64)::UBIGINT)) >= $k AS proven
    FROM spot
    GROUP BY id
),
counted AS (
    SELECT id
    FROM spot
    SEMI JOIN (SELECT id FROM node WHERE NOT proven AND visits >= $k) AS doubted USING (id)
    GROUP BY id
    HAVING count(DISTINCT mark) >= $k
),
told AS MATERIALIZED (
    SELECT id, visits, proven OR id IN (FROM counted) AS shown
    FROM node
),
other AS (
    SELECT key, visits
    FROM told
    JOIN label USING (id)
    WHERE shown AND NOT list_contains($named, key)
    ORDER BY visits DESC, key
    LIMIT $limit OFFSET $offset
)
SELECT 'other' AS row, key, visits, 1 AS nodes
FROM other
UNION ALL
SELECT 'withheld', '', coalesce(sum(visits), 0)::BIGINT, count(*)
FROM told
WHERE NOT shown
ORDER BY row, visits DESC, key
