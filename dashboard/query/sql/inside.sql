AND (first_at >= $start::TIMESTAMP_S OR last_at < $end::TIMESTAMP_S OR visit IN (FROM through))
