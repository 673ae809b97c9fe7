-- One fact an event of the period, where nothing of its visit is asked: every visit of the period is kept then.
SELECT 'event' AS fact, e.visit, {dimensions}, e.kind, e.seconds, e.value
FROM event AS e
{joins}
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
