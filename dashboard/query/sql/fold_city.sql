-- A row of fewer than k subjects reads "elsewhere in <country>" in place of its city.
small AS (
    SELECT {names}
    FROM fact
    JOIN subject_of USING (visit)
    WHERE {city} <> ''
    GROUP BY {names}
    HAVING count(DISTINCT subject) < $k
),
folded AS (
{renamed}
)
