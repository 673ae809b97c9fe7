-- Events of every kind by their number, and the minute that had the most of them.
WITH
minute AS (
    SELECT date_trunc('minute', occurred_at) AS minute, count(*) AS events
    FROM event
    WHERE site = $site AND occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
    GROUP BY ALL
)
SELECT (SELECT coalesce(sum(events), 0)::BIGINT FROM minute), minute, events
FROM minute
ORDER BY events DESC, minute
LIMIT 1
