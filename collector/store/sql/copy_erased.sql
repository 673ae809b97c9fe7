INSERT INTO next.erased BY NAME SELECT site, hour, sum(visits)::BIGINT AS visits FROM erased GROUP BY site, hour
