-- One fact a visit and path whose depth was measured in the period: the deepest.
SELECT 'scroll' AS fact, visit, mark, country, {names}, max(scroll) AS deepest
FROM (
    SELECT v.visit, v.mark, v.country, {dimensions}, e.path AS scrolled, e.scroll
    FROM event AS e
    JOIN kept AS v USING (visit)
    {joins}
    WHERE e.site = $site AND e.occurred_at >= $start::TIMESTAMP_S AND e.occurred_at < $end::TIMESTAMP_S AND {rows}
)
GROUP BY visit, mark, country, {names}, scrolled
