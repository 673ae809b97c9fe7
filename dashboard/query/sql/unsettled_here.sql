SELECT first_at, last_at, 1 AS stale
    FROM unsettled
    WHERE first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S
    UNION ALL
