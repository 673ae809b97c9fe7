-- Each visit with its nodes, repeats in a row once, and with the place of the anchor among them: NULL where it has none.
found AS NOT MATERIALIZED (
    SELECT *, {found} AS found
    FROM taken
),
route AS NOT MATERIALIZED (
    SELECT visit, mark, {route} AS nodes, {anchor} AS anchor
    FROM found
)
