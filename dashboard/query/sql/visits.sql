-- The visits that have an event in the period, whole, with all their events outside of it too. One row a visit.
-- A stored table of visits can take the place of `visits`; `touched` stays as the bound of every other scan.
touched AS (
    SELECT DISTINCT visit
    FROM event
    WHERE site = $site AND occurred_at >= $start AND occurred_at < $end
),
visit_event AS (
    SELECT
        visit, visitor, notice, kind, occurred_at, path, host, source, channel,
        utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad,
        country, city, browser, browser_major, os, device,
        row_number() OVER (PARTITION BY visit ORDER BY {event_order}) AS place
    FROM event AS e
    SEMI JOIN touched USING (visit)
    WHERE site = $site
),
visits AS (
    SELECT
        visit,
        max(visitor) AS visitor,
        -- NULL for a visit of leaves alone, which is not counted: it lies in no range and no bucket.
        min_by(occurred_at, place) FILTER (kind <> 'leave') AS began,
        arg_min_null(notice, place) AS notice,
        arg_min_null(host, place) AS host,
        arg_min_null(country, place) AS country,
        arg_min_null(city, place) AS city,
        arg_min_null(browser, place) AS browser,
        arg_min_null(browser_major, place) AS browser_major,
        arg_min_null(os, place) AS os,
        arg_min_null(device, place) AS device,
        arg_min_null(source, place) FILTER (kind = 'pageview') AS source,
        arg_min_null(channel, place) FILTER (kind = 'pageview') AS channel,
        arg_min_null(utm_source, place) FILTER (kind = 'pageview') AS utm_source,
        arg_min_null(utm_medium, place) FILTER (kind = 'pageview') AS utm_medium,
        arg_min_null(utm_campaign, place) FILTER (kind = 'pageview') AS utm_campaign,
        arg_min_null(utm_content, place) FILTER (kind = 'pageview') AS utm_content,
        arg_min_null(utm_term, place) FILTER (kind = 'pageview') AS utm_term,
        arg_min_null(ad, place) FILTER (kind = 'pageview') AS ad,
        min_by(path, place) FILTER (kind = 'pageview') AS entry_page,
        max_by(path, place) FILTER (kind = 'pageview') AS exit_page,
        count(*) FILTER (kind = 'pageview') AS views,
        count(*) FILTER (kind = 'pageview') = 1 AND count(*) FILTER (kind IN ('click', 'event')) = 0 AS bounced,
        -- Times are whole seconds of a server's clock: the last event can seem a second older than the first.
        greatest(epoch(max_by(occurred_at, place)) - epoch(min_by(occurred_at, place)), 0) AS duration
    FROM visit_event
    GROUP BY visit
)
