-- One fact an event of the period.
SELECT 'event' AS fact, e.visit, {of_visit}, {dimensions}, e.kind, e.seconds, e.value
FROM event AS e
{kept}
{joins}
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
