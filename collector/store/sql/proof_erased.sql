-- Rows of subjects that withdrew or were erased, as far as that was applied before the rows were read: how many, and the first.
SELECT count(*), min({'occurred_at': occurred_at, 'site': site, 'nth': nth, 'kind': kind, 'subject': subject})
FROM event
WHERE site <> $made_up AND ($site = '' OR site = $site)
  AND subject IN (
      SELECT subject FROM withdrawn WHERE seq <= $log
      UNION ALL
      SELECT subject FROM buried WHERE seq <= $tombstones
  )
