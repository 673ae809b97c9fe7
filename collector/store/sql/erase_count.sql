-- Before the rows go: their visits, by the hour of each visit's first counted event. A visit of leaves alone never counted.
INSERT INTO erased
SELECT site, date_trunc('hour', began), count(*)
FROM (
    SELECT site, visit, min(occurred_at) AS began
    FROM event
    WHERE kind <> 'leave' AND subject IN (SELECT unnest(string_split($subjects, ','))::UUID)
    GROUP BY site, visit
)
GROUP BY site, date_trunc('hour', began)
