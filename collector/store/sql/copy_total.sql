INSERT INTO next.total BY NAME
SELECT site, day, dimension, name, sum(visits)::BIGINT AS visits, sum(pageviews)::BIGINT AS pageviews
FROM total
GROUP BY ALL
ORDER BY ALL
