-- The steps of each visit that began in the period: grouped, then consecutive repeats collapsed.
step AS (
    SELECT
        e.visit,
        {key} AS key,
        {hits},
        row_number() OVER (PARTITION BY e.visit ORDER BY {event_order}) AS place
    FROM event AS e
    SEMI JOIN (SELECT visit FROM kept WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S) AS began USING (visit)
    WHERE e.site = $site AND e.occurred_at >= $reach_first::TIMESTAMP_S AND e.occurred_at <= $reach_last::TIMESTAMP_S AND e.kind IN ({kinds})
),
turn AS (
    SELECT *, key IS DISTINCT FROM lag(key) OVER (PARTITION BY visit ORDER BY place) AS turns
    FROM step
),
numbered AS (
    SELECT *, count(*) FILTER (turns) OVER (PARTITION BY visit ORDER BY place) AS at_step
    FROM turn
),
route AS (
    SELECT visit, list(key ORDER BY place) FILTER (turns) AS keys, {hit_steps}
    FROM numbered
    GROUP BY visit
)
