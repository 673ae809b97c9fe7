-- What loads wrote after the last settling, each visit once; of what was erased no visit's number stays behind.
INSERT INTO next.changed BY NAME
SELECT site, visit, min(first_at) AS first_at, max(last_at) AS last_at
FROM changed
SEMI JOIN event USING (site, visit)
GROUP BY site, visit
