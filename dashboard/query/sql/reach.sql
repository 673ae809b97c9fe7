-- From when to when the events lie: of the visits that are not settled, then of the visits of the period. Bound as plain
-- times, both spare the scan of everything before and after. Then how many of them are not settled at all, how many of these
-- lie in the period, and how many of the period begin before it and end after it.
WITH
stale AS (
    SELECT visit, first_at, last_at
    FROM changed
    WHERE site = $site
),
stale_span AS (
    SELECT visit, min(first_at) AS first_at, max(last_at) AS last_at
    FROM (
        FROM stale
        UNION ALL
        SELECT visit, first_at, last_at
        FROM visit
        SEMI JOIN stale USING (visit)
        WHERE site = $site
    )
    GROUP BY visit
),
span AS (
    SELECT first_at, last_at, 1 AS stale
    FROM stale_span
    WHERE first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S
    UNION ALL
    SELECT first_at, last_at, 0
    FROM visit
    WHERE site = $site AND first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S
)
SELECT *
FROM (SELECT min(first_at), max(last_at) FROM stale_span),
     (SELECT min(first_at), max(last_at) FROM span),
     (SELECT count(*) FROM stale),
     (SELECT coalesce(sum(stale), 0)::BIGINT,
             count(*) FILTER (first_at < $start::TIMESTAMP_S AND last_at >= $end::TIMESTAMP_S) FROM span)
