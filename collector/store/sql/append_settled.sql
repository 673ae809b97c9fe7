INSERT INTO visit BY NAME
SELECT settled.* REPLACE (coalesce(met.again, false) AS returns)
FROM settled
LEFT JOIN met USING (site, visit)
ORDER BY first_at
