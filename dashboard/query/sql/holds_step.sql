-- The visits of the period that hold a step of a filter or of the goal.
{name} AS (
    SELECT visit
    FROM (SELECT visit, unnest(coalesce(steps, pages)) AS id FROM visits)
    SEMI JOIN (
        SELECT e.id
        FROM (
            SELECT id, kind, target_kind, name AS path, name AS target
            FROM step
            WHERE site = $site
        ) AS e
        WHERE {predicate}
    ) USING (id)
)
