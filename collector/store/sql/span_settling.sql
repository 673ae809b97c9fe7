-- From when to when the events of these visits lie.
SELECT count(*) FILTER (new), min(first_at), max(last_at)
FROM (
    SELECT true AS new, first_at, last_at FROM settling
    UNION ALL
    SELECT false, first_at, last_at FROM visit SEMI JOIN settling USING (site, visit)
)
