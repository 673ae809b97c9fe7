-- Visits by the class they are of in each column: 0 is *left*, 255 is *other*, else the place of a named node. What the report
-- counts is sums of these; `part` says which, `tally` what they are, with at least so many subjects, and all if below k.
flow AS MATERIALIZED (
    SELECT {classes}, count(*) AS visits, bit_or(1::UBIGINT << (mark % 64)::UBIGINT) AS bits
    FROM classed
    GROUP BY {classes}
),
part AS NOT MATERIALIZED (
{parts}
),
summed AS MATERIALIZED (
    SELECT row, number, source, target, sum(visits)::BIGINT AS visits, bit_count(bit_or(bits)) AS subjects
    FROM part
    GROUP BY row, number, source, target
),
doubted AS MATERIALIZED (
    SELECT row, number, source, target, {classes}
    FROM part
    SEMI JOIN (
        SELECT row, number, source, target
        FROM summed
        WHERE subjects < $k AND visits >= $k AND ($held OR (row = 'link' AND source NOT IN (0, 255) AND target NOT IN (0, 255)))
    ) AS summed USING (row, number, source, target)
),
-- One row or none: where nothing is in doubt, the visits are not read again.
doubt AS MATERIALIZED (
    SELECT 1 AS present
    FROM doubted
    HAVING count(*) > 0
),
resolved AS (
    SELECT row, number, source, target, count(DISTINCT mark) AS subjects
    FROM (SELECT mark, {classes} FROM classed, doubt)
    JOIN doubted USING ({classes})
    GROUP BY row, number, source, target
),
tally AS (
    SELECT row, number, source, target, visits, coalesce(resolved.subjects, summed.subjects) AS subjects
    FROM summed
    LEFT JOIN resolved USING (row, number, source, target)
)
