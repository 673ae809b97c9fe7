-- The rows of `visit` for the visits (site, visit) in `stale`, worked out from their events. All of these lie between
-- $stale_first and $stale_last: the bound spares the scan of everything older. The one definition of a visit's row.
-- The order is found over few columns and joined to the rest: sorting whole rows takes five times as long.
fresh_order AS (
    SELECT e.rowid AS row, row_number() OVER (PARTITION BY site, visit ORDER BY {event_order}) AS place
    FROM event AS e
    SEMI JOIN stale USING (site, visit)
    WHERE occurred_at >= $stale_first::TIMESTAMP_S AND occurred_at <= $stale_last::TIMESTAMP_S
),
fresh_event AS (
    SELECT e.*, fresh_order.place, step.id AS step
    FROM event AS e
    JOIN fresh_order ON fresh_order.row = e.rowid
    LEFT JOIN step
        ON step.site = e.site
       AND step.kind = e.kind
       AND step.target_kind = CASE WHEN e.kind = 'click' THEN coalesce(e.target_kind, '') ELSE '' END
       AND step.name = CASE WHEN e.kind = 'pageview' THEN e.path ELSE coalesce(e.target, '') END
    WHERE e.occurred_at >= $stale_first::TIMESTAMP_S AND e.occurred_at <= $stale_last::TIMESTAMP_S
),
whole AS (
    SELECT
        site,
        visit,
        min(occurred_at) AS first_at,
        max(occurred_at) AS last_at,
        -- NULL for a visit of leaves alone, which is not counted: it lies in no range and no bucket.
        min_by(occurred_at, place) FILTER (kind <> 'leave') AS began,
        max(visitor) AS visitor,
        ('0x' || right(min(subject)::VARCHAR, 8))::UINTEGER AS mark,
        any_value(notice) FILTER (place = 1) AS notice,
        any_value(host) FILTER (place = 1) AS host,
        any_value(country) FILTER (place = 1) AS country,
        any_value(city) FILTER (place = 1) AS city,
        any_value(browser) FILTER (place = 1) AS browser,
        any_value(browser_major) FILTER (place = 1) AS browser_major,
        any_value(os) FILTER (place = 1) AS os,
        any_value(device) FILTER (place = 1) AS device,
        arg_min_null("source", place) FILTER (kind = 'pageview') AS "source",
        arg_min_null(channel, place) FILTER (kind = 'pageview') AS channel,
        arg_min_null(utm_source, place) FILTER (kind = 'pageview') AS utm_source,
        arg_min_null(utm_medium, place) FILTER (kind = 'pageview') AS utm_medium,
        arg_min_null(utm_campaign, place) FILTER (kind = 'pageview') AS utm_campaign,
        arg_min_null(utm_content, place) FILTER (kind = 'pageview') AS utm_content,
        arg_min_null(utm_term, place) FILTER (kind = 'pageview') AS utm_term,
        arg_min_null(ad, place) FILTER (kind = 'pageview') AS ad,
        min_by(path, place) FILTER (kind = 'pageview') AS entry_page,
        max_by(path, place) FILTER (kind = 'pageview') AS exit_page,
        (count(*) FILTER (kind = 'pageview'))::INTEGER AS views,
        count(*) FILTER (kind = 'pageview') = 1 AND count(*) FILTER (kind IN ('click', 'event')) = 0 AS bounced,
        -- Times are whole seconds of a server's clock: the last event can seem a second older than the first.
        greatest(epoch(max_by(occurred_at, place)) - epoch(min_by(occurred_at, place)), 0)::BIGINT AS duration,
        list(step ORDER BY place) FILTER (kind = 'pageview') AS pages,
        list(step ORDER BY place) FILTER (kind <> 'leave') AS steps
    FROM fresh_event
    GROUP BY site, visit
)
