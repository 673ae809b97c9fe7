-- Clustered as reports read: a range of days touches few row groups.
INSERT INTO next.visit BY NAME
SELECT *
FROM visit
WHERE {portion}
ORDER BY site, first_at
