-- What each visit of the period holds of the dimension: its steps, each once.
held AS (
    SELECT DISTINCT taken.visit, {dimensions}
    FROM (
        SELECT visit, unnest(list_filter({steps}, lambda id, place: list_position({steps}, id) = place)) AS id
        FROM visits
    ) AS taken
    JOIN (
        SELECT id, kind, target_kind, CASE kind WHEN 'pageview' THEN name END AS path, CASE WHEN kind <> 'pageview' THEN name END AS target
        FROM step
        WHERE site = $site
    ) AS e USING (id)
    WHERE {rows}
)
