-- The visits of the last five minutes, and the pageviews of each of the last thirty.
SELECT
    count(DISTINCT visit) FILTER (occurred_at > $five_before::TIMESTAMP_S AND kind <> 'leave'),
    -- 0 is the minute that ends now.
    list(DATE_DIFF('second', occurred_at, $now) // 60) FILTER (kind = 'pageview')
FROM event
WHERE site = $site AND occurred_at > $thirty_before::TIMESTAMP_S AND occurred_at <= $now
