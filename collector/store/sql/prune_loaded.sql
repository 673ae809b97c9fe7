-- Positions of segments that are gone from the disk, and all but the highest of those that are still there.
DELETE FROM loaded
WHERE segment NOT IN (SELECT unnest(string_split($present, ',')))
   OR row_id < (SELECT max(row_id) FROM loaded AS later WHERE later.segment = loaded.segment)
