-- What `visit` says of visits that are marked whole: nothing of it may stay. (A load marks but what it brought: what the
-- row in `visit` spans is still needed then.)
DELETE FROM visit
USING changed
WHERE changed.site = visit.site AND changed.visit = visit.visit
  AND changed.first_at <= visit.first_at AND changed.last_at >= visit.last_at
