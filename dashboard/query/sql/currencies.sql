-- The currencies of the values of a period: they are added up only if there is one.
WITH
{visits}
SELECT DISTINCT coalesce(e.currency, '')
FROM event AS e
SEMI JOIN kept USING (visit)
WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
