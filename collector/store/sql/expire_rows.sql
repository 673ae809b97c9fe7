DELETE FROM event
USING expired
WHERE expired.site = event.site AND expired.notice = event.notice
  AND event.occurred_at < expired.before AND event.occurred_at < $latest::TIMESTAMP_S
