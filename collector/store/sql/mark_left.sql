-- What is left of visits is to be worked out again; and with it every other visit of the same visitors, which say whether an
-- earlier one is stored.
INSERT INTO changed
FROM left_over
UNION ALL
SELECT visit.site, visit.visit, visit.first_at, visit.last_at
FROM visit
SEMI JOIN (FROM bereft WHERE partly) AS parted ON parted.site = visit.site AND parted.visitor = visit.visitor
