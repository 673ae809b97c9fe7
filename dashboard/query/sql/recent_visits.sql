-- The latest visits, and of their steps those that k subjects took in visits of the period; NULL is any other.
WITH
{visits},
began AS NOT MATERIALIZED (
    SELECT mark, coalesce(steps, pages) AS steps
    FROM visits
    WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
),
picked AS NOT MATERIALIZED (
    SELECT visit, mark, began, source, country, browser, device, coalesce(steps, pages) AS steps
    FROM kept
    WHERE began >= $start::TIMESTAMP_S AND began < $end::TIMESTAMP_S
),
latest AS MATERIALIZED (
    SELECT visit, began, coalesce(source, 'Direct') AS source, country, browser, device, steps
    FROM picked
    WHERE {enough}
    ORDER BY began DESC, visit
    LIMIT $limit OFFSET $offset
),
shown AS MATERIALIZED (
    SELECT DISTINCT unnest(steps) AS id
    FROM latest
),
taken AS NOT MATERIALIZED (
    SELECT id, mark
    FROM (SELECT unnest(steps) AS id, mark FROM began)
    SEMI JOIN shown USING (id)
),
{rare},
common AS (
    SELECT id, {key} AS key
    FROM (SELECT id, kind, target_kind, name AS path, name AS target FROM step WHERE site = $site) AS e
    SEMI JOIN shown USING (id)
    ANTI JOIN rare USING (id)
)
SELECT began, source, coalesce(country, ''), coalesce(browser, ''), coalesce(device, ''), list(common.key ORDER BY place)
FROM (SELECT *, unnest(steps) AS id, generate_subscripts(steps, 1) AS place FROM latest)
LEFT JOIN common USING (id)
GROUP BY visit, began, source, country, browser, device
ORDER BY began DESC, visit
