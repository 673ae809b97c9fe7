-- Records of a yes; numbers and subjects (hex) joined by blanks, in the same order. Times are Unix seconds.
INSERT INTO consented
SELECT
    unnest(string_split($seq, ' '))::BIGINT,
    unnest(string_split($subject, ' '))::UUID,
    unnest(string_split($terms, ' '))::INTEGER,
    unnest(string_split($since, ' '))::BIGINT,
    unnest(string_split($until, ' '))::BIGINT,
    unnest(string_split($recognises, ' '))::BOOLEAN,
    unnest(string_split($adverts, ' '))::BOOLEAN,
    unnest(string_split($visitor, ' '))::BIGINT
