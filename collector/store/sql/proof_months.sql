-- How many rows there are of each month, the first first.
SELECT date_trunc('month', occurred_at)::TIMESTAMP_S, count(*)
FROM event
WHERE site <> $made_up AND ($site = '' OR site = $site)
GROUP BY ALL
ORDER BY ALL
