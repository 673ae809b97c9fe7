-- From one day of one site to a day of the same or a later site. $least and $most only spare the engine row groups.
site >= $first_site AND site <= $last_site AND {when} >= $least AND {when} < $most
AND (site > $first_site OR {when} >= $first_day) AND (site < $last_site OR {when} < $end)
