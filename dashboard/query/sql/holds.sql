-- The visits of the period that hold an event of a filter or of the goal.
{name} AS (
    SELECT DISTINCT visit
    FROM event AS e
    SEMI JOIN touched USING (visit)
    WHERE e.site = $site AND e.occurred_at >= $reach_first::TIMESTAMP_S AND e.occurred_at <= $reach_last::TIMESTAMP_S AND {predicate}
)
