-- A shared view holds every text to k: a small row first reads "elsewhere in <country>" if it names a city, and what is
-- then still small is left out.
small AS (
    SELECT {names}
    FROM fact
    JOIN subject_of USING (visit)
    GROUP BY {names}
    HAVING count(DISTINCT subject) < $k
),
renamed AS (
{renamed}
),
too_small AS (
    SELECT {names}
    FROM renamed
    JOIN subject_of USING (visit)
    GROUP BY {names}
    HAVING count(DISTINCT subject) < $k
),
folded AS (
    SELECT renamed.*
    FROM renamed
    ANTI JOIN too_small USING ({names})
)
