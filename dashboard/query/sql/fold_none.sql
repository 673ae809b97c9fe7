folded AS (
    FROM fact
)
