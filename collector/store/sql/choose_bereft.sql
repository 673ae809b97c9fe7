-- The visitors that lost rows of a visit, and whether something of it is left.
CREATE TEMP TABLE bereft AS
SELECT visit.site, visit.visitor, bool_or(left_over.visit IS NOT NULL) AS partly
FROM visit
SEMI JOIN losing ON losing.site = visit.site AND losing.visit = visit.visit
LEFT JOIN left_over ON left_over.site = visit.site AND left_over.visit = visit.visit
WHERE visit.visitor IS NOT NULL
GROUP BY visit.site, visit.visitor
