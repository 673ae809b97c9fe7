DELETE FROM changed USING settling WHERE settling.site = changed.site AND settling.visit = changed.visit
