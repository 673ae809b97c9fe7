SELECT site, hour, sum(visits)::BIGINT FROM erased GROUP BY site, hour
