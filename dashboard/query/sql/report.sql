-- The rows of a query: facts by dimension, folded below k, counted, ordered.
WITH
{visits},
fact AS (
{facts}
),
{folded},
counted AS (
    SELECT {named}{metrics}
    FROM folded
    {only}
    {grouped}
)
SELECT {shown}
FROM counted
ORDER BY {order}
LIMIT $limit OFFSET $offset
