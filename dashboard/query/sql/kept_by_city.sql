-- The visits that all filters keep. A filter sees a city as a report shows it, so that naming a small city tells no more
-- than its row does: below k it is "elsewhere in <country>".
{small},
kept AS (
    SELECT v.* EXCLUDE (shown_city)
    FROM (
        SELECT
            chosen.*,
            CASE WHEN city IN (FROM small_city) THEN coalesce('elsewhere in ' || country, 'elsewhere') ELSE coalesce(city, '') END AS shown_city
        FROM chosen
    ) AS v
    WHERE {predicate}
)
