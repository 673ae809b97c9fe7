-- The published notices; all texts joined by blanks, in the same order.
INSERT INTO terms
SELECT
    unnest(string_split($id, ' '))::INTEGER,
    unnest(string_split($site, ' ')),
    unnest(string_split($notice, ' ')),
    unnest(string_split($recognises, ' '))::BOOLEAN,
    unnest(string_split($adverts, ' '))::BOOLEAN
