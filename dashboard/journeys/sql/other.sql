-- The *other* of one column: the nodes that k subjects took and that are not named already, the largest first.
WITH
{visits},
{route},
{walk}
SELECT key, visits
FROM node
WHERE number = $column AND subjects >= $k AND NOT list_contains($named, key)
ORDER BY visits DESC, key
LIMIT $limit OFFSET $offset
