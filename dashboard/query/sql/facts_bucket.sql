-- One fact of nothing a bucket, so that empty ones are there.
SELECT 'bucket' AS fact, label AS d0{numbered}
FROM bucket
