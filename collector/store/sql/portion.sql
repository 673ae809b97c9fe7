-- From one day of one site to a day of the same or a later site. $least and $most only spare the engine row groups.
site >= $first_site AND site <= $last_site AND {when} >= $least::TIMESTAMP_S AND {when} < $most::TIMESTAMP_S
AND (site > $first_site OR {when} >= $first_day::TIMESTAMP_S) AND (site < $last_site OR {when} < $end::TIMESTAMP_S)
