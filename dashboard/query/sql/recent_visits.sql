-- The latest visits, and of their steps those that k subjects took within the period; NULL is any other.
WITH
{visits},
step AS (
    SELECT e.visit, {key} AS key, e.occurred_at, row_number() OVER (PARTITION BY e.visit ORDER BY {event_order}) AS place
    FROM event AS e
    SEMI JOIN touched USING (visit)
    WHERE e.site = $site AND e.occurred_at >= $reach_first::TIMESTAMP_S AND e.occurred_at <= $reach_last::TIMESTAMP_S AND e.kind <> 'leave'
),
common AS (
    SELECT key
    FROM step
    JOIN subject_of USING (visit)
    WHERE occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
    GROUP BY key
    HAVING count(DISTINCT subject) >= $k
),
latest AS (
    SELECT visit, began, coalesce(source, 'Direct') AS source, country, browser, device
    FROM kept
    WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
    ORDER BY began DESC, visit
    LIMIT $limit
),
turn AS (
    SELECT visit, key, place, key IS DISTINCT FROM lag(key) OVER (PARTITION BY visit ORDER BY place) AS turns
    FROM step
    SEMI JOIN latest USING (visit)
),
steps AS (
    SELECT turn.visit, list(common.key ORDER BY place) FILTER (turns) AS keys
    FROM turn
    LEFT JOIN common USING (key)
    GROUP BY turn.visit
)
SELECT began, source, coalesce(country, ''), coalesce(browser, ''), coalesce(device, ''), keys
FROM latest
JOIN steps USING (visit)
ORDER BY began DESC, visit
