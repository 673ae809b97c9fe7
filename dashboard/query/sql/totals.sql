-- What stays of expired rows. Each run of retention appends its own, so they are added up.
SELECT day, dimension, name, sum(visits)::BIGINT, sum(pageviews)::BIGINT
FROM total
WHERE site = $site AND day >= $first AND day <= $last
GROUP BY day, dimension, name
ORDER BY day, dimension, sum(visits) DESC, name
