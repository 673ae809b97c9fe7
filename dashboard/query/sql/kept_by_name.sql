-- The visits that all filters keep, where k lets every city be named.
kept AS (
    SELECT v.* EXCLUDE (shown_city)
    FROM (SELECT chosen.*, coalesce(city, '') AS shown_city FROM chosen) AS v
    WHERE {predicate}
)
