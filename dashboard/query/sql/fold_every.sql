-- A shared view, and any view under a filter on the city, holds every row to k: a small row first reads "elsewhere in
-- <country>" if it names a city, and what is then still small is left out. Facts of nothing stay: a bucket reads nought.
{small},
renamed AS (
{renamed}
),
{too_small},
folded AS (
    SELECT renamed.*
    FROM renamed
    LEFT JOIN too_small USING ({names})
    WHERE renamed.visit IS NULL OR too_small.d0 IS NULL
)
