-- Each visit of the period once for each of its steps that the dimension speaks of, with the dimension's text.
stepped AS NOT MATERIALIZED (
    SELECT taken.*, e.text
    FROM (
        SELECT *, unnest(list_filter({steps}, lambda id, place: list_position({steps}, id) = place)) AS id
        FROM kept
        WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
    ) AS taken
    JOIN (
        SELECT e.id, {text} AS text
        FROM (
            SELECT id, kind, target_kind, name AS path, name AS target
            FROM step
            WHERE site = $site
        ) AS e
        WHERE {rows}
    ) AS e USING (id)
)
