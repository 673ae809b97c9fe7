-- Pageviews by the quarter of an hour, the step of every offset to UTC in use, and the busiest minute of the later half.
WITH
minute AS (
    SELECT date_trunc('minute', occurred_at) AS minute, count(*) AS pageviews
    FROM event
    WHERE site = $site AND kind = 'pageview' AND occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
    GROUP BY ALL
),
busiest AS (
    SELECT minute, pageviews
    FROM minute
    WHERE minute >= $half
    ORDER BY pageviews DESC, minute
    LIMIT 1
)
SELECT 'quarter' AS row, time_bucket(INTERVAL 15 MINUTES, minute) AS began, sum(pageviews)::BIGINT AS pageviews
FROM minute
GROUP BY began
UNION ALL
SELECT 'minute', minute, pageviews
FROM busiest
ORDER BY ALL
