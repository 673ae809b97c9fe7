-- The buckets of local time, in order.
bucket AS (
    SELECT
        unnest($bucket_edges::TIMESTAMP[]) AS edge,
        unnest($bucket_labels::VARCHAR[]) AS label,
        unnest(range(len($bucket_edges))) AS number
)
