-- Which of these batches (hex, joined by commas) are stored already.
SELECT DISTINCT nonce FROM seen WHERE nonce IN (SELECT unnest(string_split($nonces, ','))::UUID)
