-- The visits that have an event in the period, whole, with all their events outside of it too. One row a visit.
{stored},
visits AS NOT MATERIALIZED (
    SELECT
        visit, visitor, returns, mark, began, first_at, last_at, notice, host, country, city, browser, browser_major, os, device,
        source, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad,
        entry_page, exit_page, views, bounced, duration, pages, steps
    FROM stored
    WHERE first_at < $end::TIMESTAMP_S AND last_at >= $start::TIMESTAMP_S {inside}
),
touched AS (
    SELECT visit
    FROM visits
)
