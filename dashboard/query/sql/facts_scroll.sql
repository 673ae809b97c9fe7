-- One fact a visit and path whose depth was measured in the period: the deepest.
SELECT 'scroll' AS fact, visit, any_value(mark) AS mark, any_value(country) AS country, {names}, max(scroll) AS deepest
FROM (
    SELECT e.visit, {of_visit}, {dimensions}, e.path AS scrolled, e.scroll
    FROM event AS e
    {kept}
    {joins}
    WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
)
GROUP BY visit, {names}, scrolled
