-- How many rows were folded, or have a number of fewer than k subjects, and how many visits are behind that.
WITH
{visits},
fact AS (
{facts}
),
{folded},
part AS (
    SELECT {names}, visit, mark, unnest(list_filter([{parts}], lambda part: part IS NOT NULL)) AS part
    FROM folded
    WHERE visit IS NOT NULL
),
{thin},
behind AS (
    SELECT visit
    FROM fact
    SEMI JOIN small USING ({names})
    UNION ALL
    SELECT visit
    FROM part
    SEMI JOIN thin USING ({names}, part)
)
SELECT
    (SELECT count(*) FROM small) + (SELECT count(DISTINCT ({names})) FROM thin),
    (SELECT count(DISTINCT visit) FROM behind)
