-- The steps of the load that were never seen before, numbered on.
INSERT INTO step BY NAME
SELECT site, ((SELECT coalesce(max(id), 0) FROM step) + row_number() OVER ())::INTEGER AS id, kind, target_kind, name
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
