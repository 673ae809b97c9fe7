-- Where each matched visit is in each column and in the next one; NULL where it had left or had not begun.
anchored AS (
    SELECT visit, keys, {anchor} AS anchor
    FROM route
    WHERE {anchor} IS NOT NULL
),
placed AS (
    SELECT visit, keys, number, anchor + number - $anchor_column AS spot
    FROM anchored, (SELECT unnest(range($columns)) AS number)
),
walk AS (
    SELECT
        visit,
        number,
        -- A list counts from 1, and from its end below 0.
        CASE WHEN spot >= 1 THEN keys[spot] END AS key,
        CASE WHEN spot >= 0 THEN keys[spot + 1] END AS next_key
    FROM placed
),
node AS (
    SELECT number, key, count(*) AS visits, count(DISTINCT subject) AS subjects
    FROM walk
    JOIN subject_of USING (visit)
    WHERE key IS NOT NULL
    GROUP BY number, key
)
