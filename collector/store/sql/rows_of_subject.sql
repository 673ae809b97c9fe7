-- A visitor's own rows, oldest first, for that visitor alone; of the second $since all but the first $skip.
SELECT * EXCLUDE (subject, visitor)
FROM event
WHERE site = $site AND subject = $subject::UUID AND occurred_at >= $since::TIMESTAMP_S
ORDER BY occurred_at, visit, nth, kind, path, target NULLS FIRST
LIMIT $most OFFSET $skip
