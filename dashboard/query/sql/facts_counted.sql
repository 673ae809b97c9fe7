-- The events of the period counted by dimension and kind, where nothing of their visits is asked: a fact a group.
SELECT
    'event' AS fact, NULL::BIGINT AS visit, NULL::UINTEGER AS mark, NULL::VARCHAR AS country, {dimensions},
    e.kind, count(*) AS n, sum(e.seconds) AS seconds, sum(e.value) AS value
FROM event AS e
{joins}
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
GROUP BY {groups}
