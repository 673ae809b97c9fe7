-- How many rows each day of each site has, in the order in which they are copied.
SELECT site, date_trunc('day', {when}), count(*)
FROM {table}
GROUP BY ALL
ORDER BY ALL
