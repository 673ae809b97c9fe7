-- Clustered as reports read: half the bytes of arrival order, and a range of days touches few row groups.
INSERT INTO next.event BY NAME
SELECT *
FROM event
WHERE {portion}
ORDER BY site, date_trunc('day', occurred_at), visit, occurred_at, nth
