-- The buckets by the quarter of an hour, where all begin on one: a hash join is many times as fast as an ASOF join.
quarter AS (
    SELECT began // 900 AS quarter, label, number
    FROM (SELECT unnest(range(epoch($bucket_edges[1])::BIGINT, epoch($end)::BIGINT, 900)) AS began)
    ASOF JOIN bucket ON make_timestamp(began * 1000000) >= bucket.edge
)
