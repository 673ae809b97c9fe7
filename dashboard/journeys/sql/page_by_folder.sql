CASE WHEN regexp_matches(e.path, '^/[^/]+/') THEN concat(regexp_extract(e.path, '^/[^/]+/'), '*') ELSE e.path END
