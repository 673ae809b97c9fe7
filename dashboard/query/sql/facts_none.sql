-- One fact of nothing, so that a query without dimensions has its one row.
SELECT 'none' AS fact, '' AS d0
