-- Before the rows go: their visits, with all that they span, are to be worked out again.
INSERT INTO changed
SELECT site, visit, min(occurred_at), max(occurred_at)
FROM event
SEMI JOIN (
    SELECT site, visit FROM event WHERE subject IN (SELECT unnest(string_split($subjects, ','))::UUID)
) AS marked USING (site, visit)
GROUP BY site, visit
