DELETE FROM visit USING settling WHERE settling.site = visit.site AND settling.visit = visit.visit
