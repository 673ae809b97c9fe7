-- What each visit of the period holds of the dimensions of an event.
held AS (
    SELECT DISTINCT e.visit, {dimensions}
    FROM event AS e
    SEMI JOIN touched USING (visit)
    WHERE e.site = $site AND e.occurred_at >= $reach_first::TIMESTAMP_S AND e.occurred_at <= $reach_last::TIMESTAMP_S AND {rows}
)
