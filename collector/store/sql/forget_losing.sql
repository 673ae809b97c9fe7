DELETE FROM visit USING losing WHERE losing.site = visit.site AND losing.visit = visit.visit
