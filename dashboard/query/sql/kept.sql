-- Without a filter on the city, that is all.
kept AS (
    FROM chosen
)
