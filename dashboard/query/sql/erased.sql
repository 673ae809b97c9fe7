-- How many visits that began in the period were erased since; they are counted by the UTC hour.
SELECT coalesce(sum(visits), 0)::BIGINT
FROM erased
WHERE site = $site AND hour >= $start AND hour < $end
