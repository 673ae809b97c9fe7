UPDATE visit SET returns = met.again
FROM met
WHERE met.site = visit.site AND met.visit = visit.visit AND met.old AND met.again <> visit.returns
