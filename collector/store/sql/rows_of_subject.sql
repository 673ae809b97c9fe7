-- A visitor's own rows, oldest first, for that visitor alone.
SELECT * EXCLUDE (subject, visitor)
FROM event
WHERE site = $site AND subject = $subject::UUID AND occurred_at > $after::TIMESTAMP_S
ORDER BY occurred_at, visit, nth, kind, path, target NULLS FIRST
LIMIT $most
