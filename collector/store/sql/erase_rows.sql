DELETE FROM event WHERE subject IN (SELECT unnest(string_split($subjects, ','))::UUID)
