-- Those that the totals hold by now, but of which something is left.
INSERT INTO tallied
SELECT left_over.site, left_over.visit
FROM left_over
JOIN visit ON visit.site = left_over.site AND visit.visit = left_over.visit
JOIN expired ON expired.site = visit.site AND expired.notice = visit.notice AND visit.began < expired.before
ANTI JOIN tallied ON tallied.site = left_over.site AND tallied.visit = left_over.visit
