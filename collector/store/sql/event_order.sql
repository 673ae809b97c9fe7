nth, occurred_at, CASE kind WHEN 'pageview' THEN 0 WHEN 'click' THEN 1 WHEN 'event' THEN 2 ELSE 3 END, path, target NULLS FIRST
