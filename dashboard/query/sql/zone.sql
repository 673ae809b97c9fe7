-- The offsets to UTC of the site's clock, each from its instant on.
zone AS (
    SELECT unnest($zone_starts) AS start, unnest($zone_seconds) AS seconds
)
