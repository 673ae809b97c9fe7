INSERT INTO withdrawn SELECT unnest(string_split($seq, ' '))::BIGINT, unnest(string_split($subject, ' '))::UUID
