-- What stays unnamed of one column: how many nodes, and visits at them, that fewer than k subjects took.
WITH
{visits},
{route},
{walk}
SELECT count(*), coalesce(sum(visits), 0)::BIGINT
FROM node
WHERE number = $column AND subjects < $k
