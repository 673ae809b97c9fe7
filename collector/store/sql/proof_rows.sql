-- How many rows there are under each notice of each site, and when the first of them happened.
SELECT site, notice, count(*), min(occurred_at) FROM event WHERE $site = '' OR site = $site GROUP BY ALL ORDER BY ALL
