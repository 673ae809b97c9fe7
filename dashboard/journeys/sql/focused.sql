-- How long visits are at one node of one column: seconds from the first event that is this step to the first of the next
-- step. Of the visits that took a next step; NULL where these are of fewer than k subjects.
WITH
{visits},
{route},
here AS MATERIALIZED (
    SELECT visit, mark, anchor + {away} AS turn
    FROM route
    WHERE {place} = (SELECT min(node) FROM label WHERE key = $focus) AND nodes[anchor + {away} + 1] IS NOT NULL
),
told AS NOT MATERIALIZED (
    SELECT visit, occurred_at, {key} AS key, row_number() OVER (PARTITION BY visit ORDER BY {event_order}) AS place
    FROM event AS e
    SEMI JOIN here USING (visit)
    WHERE site = $site AND occurred_at >= $reach_first::TIMESTAMP_S AND occurred_at <= $reach_last::TIMESTAMP_S AND kind IN ({kinds})
),
turned AS MATERIALIZED (
    SELECT visit, occurred_at, row_number() OVER (PARTITION BY visit ORDER BY place) AS turn
    FROM (SELECT *, lag(key) OVER (PARTITION BY visit ORDER BY place) AS before FROM told)
    WHERE key IS DISTINCT FROM before
),
-- Times are whole seconds of a server's clock: what comes later can seem a second older.
spent AS (
    SELECT here.mark, greatest(epoch(later.occurred_at) - epoch(turned.occurred_at), 0) AS seconds
    FROM here
    JOIN turned USING (visit, turn)
    JOIN turned AS later ON later.visit = here.visit AND later.turn = here.turn + 1
)
SELECT CASE WHEN count(DISTINCT mark) >= $k THEN median(seconds) END
FROM spent
