-- One fact an event of the period.
SELECT 'event' AS fact, v.visit, v.mark, v.country, {dimensions}, e.kind, e.seconds, e.value
FROM event AS e
JOIN kept AS v USING (visit)
{joins}
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
