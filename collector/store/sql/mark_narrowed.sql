-- Before the rows change: their visits, with all that they span, are to be worked out again. $purpose: the one that ended.
INSERT INTO changed
SELECT site, visit, min(occurred_at), max(occurred_at)
FROM event
SEMI JOIN (
    SELECT site, visit
    FROM event
    JOIN (
        SELECT unnest(string_split($subjects, ','))::UUID AS subject,
               make_timestamp(unnest(string_split($until, ','))::BIGINT * 1000000) AS until
    ) AS narrowed USING (subject)
    WHERE occurred_at < until AND CASE $purpose WHEN 'ads' THEN ad IS NOT NULL ELSE visitor IS NOT NULL END
) AS marked USING (site, visit)
GROUP BY site, visit
