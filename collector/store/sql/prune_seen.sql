DELETE FROM seen WHERE received < make_timestamp($horizon::BIGINT * 1000000)
