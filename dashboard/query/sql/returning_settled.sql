-- Whether an earlier visit of the visitor is stored, as each visit's row says.
recognised AS NOT MATERIALIZED (
    SELECT
        *,
        CASE WHEN visitor IS NULL THEN 'unknown' WHEN returns THEN 'returning' ELSE 'new' END AS returning
    FROM visits
)
