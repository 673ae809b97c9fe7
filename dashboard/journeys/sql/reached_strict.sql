reached_{number} AS (
    SELECT *, CASE WHEN list_contains(hits_{number}, at_{previous} + 1) THEN at_{previous} + 1 END AS at_{number}
    FROM reached_{previous}
)
