-- Withdrawals that left no tombstone, which would let their rows come back.
SELECT count(*), min(seq) FROM withdrawn WHERE subject NOT IN (SELECT subject FROM buried)
