-- The next visits to settle, the oldest first: so that the events of a portion lie near each other.
CREATE TEMP TABLE settling AS
SELECT site, visit, min(first_at) AS first_at, max(last_at) AS last_at
FROM changed
GROUP BY site, visit
ORDER BY min(first_at), site, visit
LIMIT $most
