-- Before the rows change: every visit of their subjects, with all that it spans, is to be worked out again; the later ones
-- too, for they say whether an earlier one of the visitor is stored. $purpose: the one that ended.
INSERT INTO changed
WITH
narrowed AS (
    SELECT DISTINCT subject
    FROM event
    JOIN (
        SELECT unnest(string_split($subjects, ','))::UUID AS subject,
               make_timestamp(unnest(string_split($until, ','))::BIGINT * 1000000) AS until
    ) AS narrowed USING (subject)
    WHERE occurred_at < until AND CASE $purpose WHEN 'ads' THEN ad IS NOT NULL ELSE visitor IS NOT NULL END
)
SELECT site, visit, min(occurred_at), max(occurred_at)
FROM event
SEMI JOIN (
    SELECT site, visit
    FROM event
    SEMI JOIN narrowed USING (subject)
) AS marked USING (site, visit)
GROUP BY site, visit
