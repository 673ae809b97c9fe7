-- The visits that the filters keep, but for filters on the city.
chosen AS (
    SELECT v.*
    FROM {source} AS v
    {joins}
    WHERE {predicate}
)
