SELECT count(DISTINCT subject) FROM event WHERE site <> $made_up AND ($site = '' OR site = $site)
