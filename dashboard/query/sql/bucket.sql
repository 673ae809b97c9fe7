-- The buckets of local time, in order.
bucket AS (
    SELECT unnest($bucket_edges) AS edge, unnest($bucket_labels) AS label, unnest(range(len($bucket_edges))) AS number
)
