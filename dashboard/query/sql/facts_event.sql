-- One fact an event of the period.
SELECT 'event' AS fact, e.visit, v.mark, v.country, {dimensions}, e.kind, 1 AS n, e.seconds, e.value
FROM event AS e
JOIN kept AS v USING (visit)
{joins}
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
