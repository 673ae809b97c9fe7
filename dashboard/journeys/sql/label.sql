-- The steps of the site as nodes: the name of each, the one step that stands for all of that name, and what is asked of it.
label AS (
    SELECT e.id, {node} AS node, {key} AS key{asked}
    FROM (SELECT id, kind, target_kind, name AS path, name AS target FROM step WHERE site = $site) AS e
)
