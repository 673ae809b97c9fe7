SELECT site, sum(expired)::BIGINT FROM losing GROUP BY site ORDER BY site
