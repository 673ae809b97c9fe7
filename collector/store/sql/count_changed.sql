SELECT count(*) FROM changed
