,
-- A visit that begins before the period and ends after it may have nothing inside.
around AS (
    SELECT visit
    FROM stored
    WHERE first_at < $start::TIMESTAMP_S AND last_at >= $end::TIMESTAMP_S
),
through AS (
    SELECT DISTINCT visit
    FROM event
    SEMI JOIN around USING (visit)
    WHERE site = $site AND occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
)
