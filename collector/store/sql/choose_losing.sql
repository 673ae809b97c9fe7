-- The visits that lose rows, and how many; $latest: nothing later expires, which spares the scan of it.
CREATE TEMP TABLE losing AS
SELECT event.site, event.visit, count(*) AS expired
FROM event
JOIN expired ON expired.site = event.site AND expired.notice = event.notice
WHERE event.occurred_at < expired.before AND event.occurred_at < $latest::TIMESTAMP_S
GROUP BY event.site, event.visit
