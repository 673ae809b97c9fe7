-- The visits that have an event in the period, whole, with all their events outside of it too. One row a visit.
{stored},
-- A visit that begins before the period and ends after it may have nothing inside.
around AS (
    SELECT visit
    FROM stored
    WHERE first_at < $start AND last_at >= $end
),
through AS (
    SELECT DISTINCT visit
    FROM event
    SEMI JOIN around USING (visit)
    WHERE site = $site AND occurred_at >= $start AND occurred_at < $end
),
visits AS NOT MATERIALIZED (
    SELECT
        visit, visitor, began, notice, host, country, city, browser, browser_major, os, device,
        source, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad,
        entry_page, exit_page, views, bounced, duration
    FROM stored
    WHERE first_at < $end AND last_at >= $start AND (first_at >= $start OR last_at < $end OR visit IN (FROM through))
),
touched AS (
    SELECT visit
    FROM visits
)
