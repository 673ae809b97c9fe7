INSERT INTO erased VALUES ($site, $hour, $visits)
