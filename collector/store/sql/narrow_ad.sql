-- `ads` no longer covers these subjects' rows before a time; $subjects in hex, $until in Unix seconds, in the same order.
-- What the advert alone may have told of where the visit came from goes with it: with utm values a campaign is left,
-- without them nothing. The referrer cannot be told from the advert any more, so it goes too.
UPDATE event SET
    ad = NULL,
    source = CASE
        WHEN coalesce(utm_source, utm_medium, utm_campaign, utm_content, utm_term) IS NOT NULL THEN source
    END,
    channel = CASE
        WHEN coalesce(utm_source, utm_medium, utm_campaign, utm_content, utm_term) IS NULL THEN 'Direct'
        WHEN channel = 'Paid' THEN 'Campaign'
        ELSE channel
    END
FROM (
    SELECT unnest(string_split($subjects, ','))::UUID AS subject,
           make_timestamp(unnest(string_split($until, ','))::BIGINT * 1000000) AS until
) AS narrowed
WHERE event.subject = narrowed.subject AND event.occurred_at < narrowed.until AND event.ad IS NOT NULL
