-- The buckets by the quarter of an hour, where all begin on one: a hash join is many times as fast as an ASOF join.
quarter AS (
    SELECT unnest(range(epoch(edge)::BIGINT // 900, (epoch(following)::BIGINT + 899) // 900)) AS quarter, label, number
    FROM (SELECT *, lead(edge, 1, $end::TIMESTAMP) OVER (ORDER BY edge) AS following FROM bucket)
)
