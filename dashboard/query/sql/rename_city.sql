    -- An unknown city names nobody.
    SELECT fact.* REPLACE (
        CASE
            WHEN small.{city} IS NULL OR fact.{city} = '' THEN fact.{city}
            ELSE coalesce('elsewhere in ' || fact.country, 'elsewhere')
        END AS {city}
    )
    FROM fact
    LEFT JOIN small USING ({names})
