-- The groups of which fewer than k subjects are. Subjects that differ in 6 bits of their mark are different: where k do, the
-- costly count of distinct ones is spared.
{name}_thin AS (
    SELECT {names}
    FROM {source}
    WHERE {test}
    GROUP BY {names}
    HAVING bit_count(bit_or(1::UBIGINT << (mark % 64)::UBIGINT)) < $k
),
{name} AS (
    SELECT {names}
    FROM {source}
    SEMI JOIN {name}_thin USING ({names})
    WHERE {test}
    GROUP BY {names}
    HAVING count(DISTINCT mark) < $k
)
