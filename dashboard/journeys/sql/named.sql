-- The largest nodes of each column that k subjects took. Read from `spot`: a column, a node, and a visit that is there.
-- Subjects that differ in 6 bits of their mark are different: where k do, the costly count of distinct ones is spared. What
-- has fewer such bits, and may be among the largest, is counted.
node AS MATERIALIZED (
    SELECT number, id, count(*) AS visits, bit_or(1::UBIGINT << (mark % 64)::UBIGINT) AS bits
    FROM spot
    GROUP BY number, id
),
proven AS (
    SELECT number, list_min(max(visits, $top)) AS visits
    FROM node
    WHERE bit_count(bits) >= $k
    GROUP BY number
    HAVING count(*) >= $top
),
likely AS MATERIALIZED (
    SELECT node.number, node.id, node.visits, bit_count(node.bits) >= $k AS proven
    FROM node
    LEFT JOIN proven ON proven.number = node.number
    WHERE node.visits >= greatest($k, coalesce(proven.visits, 0))
),
counted AS (
    SELECT number, id
    FROM spot
    SEMI JOIN (SELECT number, id FROM likely WHERE NOT proven) AS doubted USING (number, id)
    GROUP BY number, id
    HAVING count(DISTINCT mark) >= $k
),
named AS MATERIALIZED (
    SELECT number, id, key, visits, row_number() OVER (PARTITION BY number ORDER BY visits DESC, key) AS place
    FROM (
        SELECT number, id, visits FROM likely WHERE proven
        UNION ALL
        SELECT number, id, visits FROM likely SEMI JOIN counted USING (number, id)
    )
    JOIN label USING (id)
    QUALIFY place <= $top
)
