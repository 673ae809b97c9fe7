-- From when to when the events of the visits lie that the period touches: bound as plain times, that spares the scan of
-- everything before and after. The same of those that cross an end of it: until when those of its start, from when those of
-- its end. Then how many visits are not settled, and how many begin before the period and end after it.
SELECT
    min(first_at), max(last_at),
    max(last_at) FILTER (first_at < $start::TIMESTAMP_S), min(first_at) FILTER (last_at >= $end::TIMESTAMP_S),
    coalesce(sum(stale), 0)::BIGINT,
    count(*) FILTER (first_at < $start::TIMESTAMP_S AND last_at >= $end::TIMESTAMP_S)
FROM (
    {unsettled}
    SELECT first_at, last_at, 0 AS stale
    FROM visit
    WHERE site = $site AND first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S
)
