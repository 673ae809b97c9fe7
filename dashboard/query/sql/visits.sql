-- The visits that have an event in the period, whole, with all their events outside of it too. One row a visit.
{stored},
-- A visit that begins before the period and ends after it may have nothing inside.
around AS (
    SELECT visit
    FROM stored
    WHERE first_at < $start::TIMESTAMP_S AND last_at >= $end::TIMESTAMP_S
),
through AS (
    SELECT DISTINCT visit
    FROM event
    SEMI JOIN around USING (visit)
    WHERE site = $site AND occurred_at >= $start::TIMESTAMP_S AND occurred_at < $end::TIMESTAMP_S
),
visits AS NOT MATERIALIZED (
    SELECT
        visit, visitor, began, notice, host, country, city, browser, browser_major, os, device,
        source, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad,
        entry_page, exit_page, views, bounced, duration
    FROM stored
    WHERE first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S AND (first_at >= $start::TIMESTAMP_S OR last_at < $end::TIMESTAMP_S OR visit IN (FROM through))
),
touched AS (
    SELECT visit
    FROM visits
)
