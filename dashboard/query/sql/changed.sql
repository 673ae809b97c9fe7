-- Whether any visit of the site is not settled.
SELECT count(*) > 0
FROM (SELECT 1 FROM changed WHERE site = $site LIMIT 1)
