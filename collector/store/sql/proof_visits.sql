-- Visits that no event stands behind, or that keep a visitor or an advert which none of their events has any more.
SELECT count(*), min({'first_at': first_at, 'site': site, 'lacks': lacks})
FROM (
    SELECT first_at, site, 'event' AS lacks FROM visit ANTI JOIN event USING (site, visit)
    UNION ALL
    SELECT first_at, site, 'event with its visitor'
    FROM (FROM visit WHERE visitor IS NOT NULL) ANTI JOIN event USING (site, visit, visitor)
    UNION ALL
    SELECT first_at, site, 'event with its advert'
    FROM (FROM visit WHERE ad IS NOT NULL) ANTI JOIN event USING (site, visit, ad)
)
WHERE $site = '' OR site = $site
