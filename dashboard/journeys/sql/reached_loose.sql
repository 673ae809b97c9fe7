reached_{number} AS (
    SELECT *, list_filter(hits_{number}, lambda spot: spot > at_{previous})[1] AS at_{number}
    FROM reached_{previous}
)
