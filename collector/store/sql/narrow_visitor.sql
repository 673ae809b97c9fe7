-- `returning` no longer covers these subjects' rows before a time; $subjects in hex, $until in Unix seconds, in the same order.
UPDATE event SET visitor = NULL
FROM (
    SELECT unnest(string_split($subjects, ','))::UUID AS subject,
           make_timestamp(unnest(string_split($until, ','))::BIGINT * 1000000) AS until
) AS narrowed
WHERE event.subject = narrowed.subject AND event.occurred_at < narrowed.until AND event.visitor IS NOT NULL
