-- The rows that each notice covers, and when the oldest of them happened.
SELECT notice, count(*)::BIGINT, min(occurred_at)
FROM event
WHERE site = $site
GROUP BY notice
