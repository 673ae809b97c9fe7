-- Of visitors that lost whole visits alone, the first visit that is left returns no more.
UPDATE visit SET returns = false
FROM (
    SELECT visit.site, visit.visitor, min(visit.began) AS began
    FROM visit
    SEMI JOIN (FROM bereft WHERE NOT partly) AS robbed ON robbed.site = visit.site AND robbed.visitor = visit.visitor
    GROUP BY visit.site, visit.visitor
) AS first
WHERE first.site = visit.site AND first.visitor = visit.visitor AND visit.began = first.began AND visit.returns
