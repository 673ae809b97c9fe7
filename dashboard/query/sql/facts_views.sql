-- The page views of the period by what is told of their visits. A visit that the period holds whole says how many it has; the
-- views of one that crosses an end of the period are counted by their own time, among the events of such visits alone.
SELECT
    'event' AS fact, v.visit, v.mark, v.country, {dimensions},
    'pageview' AS kind, v.views AS n, NULL::INTEGER AS seconds, NULL::DOUBLE AS value
FROM {visits} AS v
WHERE v.first_at >= $start::TIMESTAMP_S AND v.last_at < $end::TIMESTAMP_S AND v.views > 0
UNION ALL BY NAME
SELECT
    'event' AS fact, v.visit, v.mark, v.country, {dimensions},
    'pageview' AS kind, 1 AS n, NULL::INTEGER AS seconds, NULL::DOUBLE AS value
FROM (
    SELECT visit
    FROM event
    WHERE site = $site AND kind = 'pageview'
      AND occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
      AND occurred_at <= $over_start::TIMESTAMP_S
    UNION ALL
    SELECT visit
    FROM event
    WHERE site = $site AND kind = 'pageview'
      AND occurred_at >= $over_end::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
      AND coalesce(occurred_at > $over_start::TIMESTAMP_S, true)
) AS e
JOIN {visits} AS v USING (visit)
WHERE v.first_at < $start::TIMESTAMP_S OR v.last_at >= $end::TIMESTAMP_S
