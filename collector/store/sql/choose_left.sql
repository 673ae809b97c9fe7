-- After the rows went: what is left of the visits that lost some; $last: the last row of any of them.
CREATE TEMP TABLE left_over AS
SELECT site, visit, min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM event
SEMI JOIN losing USING (site, visit)
WHERE occurred_at <= $last::TIMESTAMP_S
GROUP BY site, visit
