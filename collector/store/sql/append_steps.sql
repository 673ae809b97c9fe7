-- The steps of the load that were never seen before, numbered on, each site's by themselves: reports look them up in lists.
INSERT INTO step BY NAME
SELECT site, (coalesce(last, 0) + row_number() OVER (PARTITION BY site))::INTEGER AS id, kind, target_kind, name
FROM (
    SELECT DISTINCT
        site,
        kind,
        CASE WHEN kind = 'click' THEN coalesce(target_kind, '') ELSE '' END AS target_kind,
        CASE WHEN kind = 'pageview' THEN path ELSE coalesce(target, '') END AS name
    FROM loading
    WHERE kind <> 'leave'
)
ANTI JOIN step USING (site, kind, target_kind, name)
LEFT JOIN (SELECT site, max(id) AS last FROM step GROUP BY site) AS known USING (site)
