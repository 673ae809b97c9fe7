-- What loads wrote after the last settling, each visit once.
INSERT INTO next.changed BY NAME
SELECT site, visit, min(first_at) AS first_at, max(last_at) AS last_at FROM changed GROUP BY site, visit
