-- How many rows of a query were folded, and how many visits they hold.
WITH
{visits},
fact AS (
{facts}
),
{folded}
SELECT
    (SELECT count(*) FROM small),
    (SELECT count(DISTINCT visit) FROM fact SEMI JOIN small USING ({names}))
