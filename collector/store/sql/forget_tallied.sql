DELETE FROM tallied
USING (FROM losing ANTI JOIN left_over USING (site, visit)) AS gone
WHERE gone.site = tallied.site AND gone.visit = tallied.visit
