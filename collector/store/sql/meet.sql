-- Every visit of the visitors of the settled ones, and whether an earlier one of theirs is stored.
CREATE TEMP TABLE met AS
SELECT site, visit, old, returns, coalesce(began > min(began) OVER (PARTITION BY site, visitor), false) AS again
FROM (
    SELECT site, visit, visitor, began, false AS old, returns
    FROM settled
    WHERE visitor IS NOT NULL
    UNION ALL
    SELECT site, visit, visitor, began, true, returns
    FROM visit
    WHERE visitor IN (SELECT visitor FROM settled)
)
