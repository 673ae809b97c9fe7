-- The steps that an event still is: what was erased leaves no name behind.
INSERT INTO next.step BY NAME
SELECT *
FROM step
SEMI JOIN (
    SELECT DISTINCT
        site,
        kind,
        CASE WHEN kind = 'click' THEN coalesce(target_kind, '') ELSE '' END AS target_kind,
        CASE WHEN kind = 'pageview' THEN path ELSE coalesce(target, '') END AS name
    FROM event
    WHERE kind <> 'leave'
) USING (site, kind, target_kind, name)
ORDER BY site, id
