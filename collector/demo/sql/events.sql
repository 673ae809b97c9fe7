-- The events of some days, whole visits at a time. Every draw is some bits of a hash of the seed and a running number, so
-- that the same seed gives the same year, whatever the number of threads. Choices are joined, and long
-- lists bound as one text: a bound list is built anew wherever it is read, which costs a hundred times as much.
WITH RECURSIVE
place AS MATERIALIZED (
    SELECT slot, id, country, city, shift
    FROM (SELECT unnest(range(1024)) AS slot, unnest(string_split($places, ',')::BIGINT[]) AS id)
    JOIN (SELECT unnest(range(len($countries))) AS id, unnest($countries) AS country, unnest($cities) AS city,
                 unnest($shifts) AS shift) USING (id)
),
device AS MATERIALIZED (
    SELECT slot, browser, major, lasts, os, device
    FROM (SELECT unnest(range(1024)) AS slot, unnest(string_split($devices, ',')::BIGINT[]) AS id)
    JOIN (SELECT unnest(range(len($browsers))) AS id, unnest($browsers) AS browser, unnest($majors) AS major,
                 unnest($lasts) AS lasts, unnest($systems) AS os, unnest($kinds_of_device) AS device) USING (id)
),
arrival AS MATERIALIZED (
    SELECT unnest(range(len($sources))) AS id, unnest($sources) AS source, unnest($channels) AS channel,
           unnest($utm_source) AS utm_source, unnest($utm_medium) AS utm_medium, unnest($utm_campaign) AS utm_campaign,
           unnest($utm_content) AS utm_content, unnest($utm_term) AS utm_term, unnest($ads) AS ad,
           unnest($leads) AS lead, unnest($ranks) AS rank
),
everyday AS MATERIALIZED (SELECT unnest(range(1024)) AS slot, unnest(string_split($everyday, ',')::BIGINT[]) AS arrival),
clock AS MATERIALIZED (SELECT unnest(range(2048)) AS slot, unnest(string_split($hours, ',')::BIGINT[]) AS hour),
entry AS MATERIALIZED (SELECT unnest(range(1024)) AS slot, unnest(string_split($entries, ',')::BIGINT[]) AS kind),
sort AS MATERIALIZED (
    SELECT unnest(range(len($bases))) AS kind, unnest($bases) AS base, unnest($sizes) AS size, unnest($dwells) AS dwell,
           unnest($click_shares) AS click_share, unnest($event_names) AS event_name, unnest($event_shares) AS event_share
),
chain AS MATERIALIZED (
    SELECT slot, next, dwell, click_share, event_share
    FROM (SELECT unnest(range(len($bases) * 64)) AS slot, unnest(string_split($chain, ',')::BIGINT[]) AS next) JOIN sort ON kind = slot // 64
),
button AS MATERIALIZED (
    SELECT slot, target, target_kind
    FROM (SELECT unnest(range(64)) AS slot, unnest(string_split($clicks, ',')::BIGINT[]) AS id)
    JOIN (SELECT unnest(range(len($targets))) AS id, unnest($targets) AS target,
                 unnest($target_kinds) AS target_kind) USING (id)
),
word AS MATERIALIZED (SELECT unnest(range(len($words))) AS slot, unnest($words) AS word),
day AS MATERIALIZED (
    SELECT unnest(range(len($days))) AS id, unnest($days)::DATE AS day, unnest($firsts) AS first, unnest($counts) AS count
),
push AS MATERIALIZED (SELECT unnest(range(len($days) * 64)) AS slot, unnest(string_split($pushes, ',')::BIGINT[]) AS arrival),
-- Four visits in ten are of somebody who has been there before: the number of an earlier visit, most often a recent one.
drawn AS (
    SELECT *, CASE WHEN g & 1023 < 410 THEN greatest(0, n - 1 - (pow(((g >> 10) & 65535) / 65536, 3) * $span)::BIGINT)
                   ELSE n END AS person
    FROM (
        SELECT id, day, n, hash(($seed + n * 64 + 1)::UBIGINT) AS h, hash(($seed + n * 64 + 2)::UBIGINT) AS g
        FROM (SELECT id, day, unnest(range(first, first + count)) AS n FROM day)
    )
),
known AS (SELECT *, hash(($seed + person * 64 + 3)::UBIGINT) AS p FROM drawn),
visit AS MATERIALIZED (
    SELECT
        n, person, p, day, h, country, city, browser, os, device,
        major - (($until::DATE - day) // lasts) AS browser_major,
        source, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term,
        CASE WHEN (p >> 27) & 1 = 1 THEN ad END AS ad,
        arrival.rank,
        CASE WHEN lead >= 0 THEN lead ELSE entry.kind END AS kind,
        day::TIMESTAMP + to_seconds((hour - shift) * 3600 + ((h >> 26) & 65535)::BIGINT * 3600 // 65536) AS began
    FROM known
    JOIN place ON place.slot = (p & 1023)::BIGINT
    JOIN device ON device.slot = ((p >> 10) & 1023)::BIGINT
    JOIN push ON push.slot = known.id * 64 + (h & 63)::BIGINT
    JOIN everyday ON everyday.slot = ((h >> 6) & 1023)::BIGINT
    JOIN arrival ON arrival.id = CASE WHEN push.arrival >= 0 THEN push.arrival ELSE everyday.arrival END
    JOIN clock ON clock.slot = (isodow(day) > 5)::BIGINT * 1024 + ((h >> 16) & 1023)::BIGINT
    JOIN entry ON entry.slot = ((h >> 42) & 1023)::BIGINT
),
-- One row a page: how long it was looked at (exponential), whether something on it was clicked, whether it told an event.
walk AS (
    SELECT n, 0 AS number, 0::BIGINT AS late, 0 AS nth, kind, 0::BIGINT AS seconds, 0 AS clicked, 0 AS told,
           0::UBIGINT AS drawn, kind AS next
    FROM visit
    UNION ALL
    SELECT n, number + 1, late + was, nth + before, kind,
           (4 - ln(1 - ((drawn >> 6) & 1023) / 1024) * dwell)::BIGINT,
           ((drawn >> 16) & 255 < click_share)::INTEGER, ((drawn >> 30) & 255 < event_share)::INTEGER,
           drawn, chain.next
    FROM (
        SELECT n, number, late, seconds AS was, nth, CASE WHEN number = 0 THEN 0 ELSE 2 + clicked + told END AS before,
               next AS kind, hash(($seed + n * 64 + 4 + number)::UBIGINT) AS drawn
        FROM walk
        WHERE next >= 0 AND number < 24
    )
    JOIN chain ON chain.slot = kind * 64 + (drawn & 63)::BIGINT
),
page AS (
    SELECT n, number, late, nth, seconds, clicked, told, drawn, event_name, target, target_kind,
           base, size, floor(pow(size, ((drawn >> 38) & 65535) / 65536))::BIGINT AS rank
    FROM walk
    JOIN sort USING (kind)
    JOIN button ON button.slot = ((drawn >> 24) & 63)::BIGINT
    WHERE number > 0
),
placed AS (
    SELECT page.* EXCLUDE (rank), visit.* EXCLUDE (n, h, rank, kind),
           CASE WHEN number = 1 AND visit.rank > 0 THEN visit.rank ELSE page.rank END AS rank
    FROM page JOIN visit USING (n)
),
part(kind, turn) AS (VALUES ('pageview', 0), ('event', 1), ('click', 2), ('leave', 3)),
happened AS (
    SELECT *, number = 1 AND turn = 0 AS opens, turn = 1 AND event_name = 'purchase' AS bought,
           began + to_seconds(late + CASE turn WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN seconds // 2 ELSE seconds END)
           AS occurred_at
    FROM placed CROSS JOIN part
    WHERE turn IN (0, 3) OR (turn = 1 AND told = 1) OR (turn = 2 AND clicked = 1)
)
SELECT
    $site AS site,
    CASE WHEN p >> 57 < 18 THEN 'www.' || $site ELSE $site END AS host,
    occurred_at,
    kind,
    nth + CASE turn WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 1 + told ELSE 1 + told + clicked END AS nth,
    (hash(($seed + n * 64 + 40)::UBIGINT)::HUGEINT - 9223372036854775808)::BIGINT AS visit,
    CASE WHEN (p >> 20) & 127 < 79
         THEN (hash(($seed + person * 64 + 41)::UBIGINT)::HUGEINT - 9223372036854775808)::BIGINT END AS visitor,
    md5($seed || ' ' || person)::UUID AS subject,
    $notice AS notice,
    CASE WHEN size > 1 THEN base || word || '-' || rank ELSE base END AS path,
    CASE turn WHEN 1 THEN event_name WHEN 2 THEN target END AS target,
    CASE turn WHEN 2 THEN target_kind END AS target_kind,
    CASE turn WHEN 3 THEN seconds END::INTEGER AS seconds,
    CASE turn WHEN 3 THEN 10 + 10 * ((drawn >> 54) % 10) END::SMALLINT AS scroll,
    -- Only the first page came from elsewhere: to every other the site itself led.
    CASE WHEN opens THEN source END AS source,
    CASE WHEN opens THEN channel WHEN turn = 0 THEN 'Direct' END AS channel,
    CASE WHEN opens THEN utm_source END AS utm_source,
    CASE WHEN opens THEN utm_medium END AS utm_medium,
    CASE WHEN opens THEN utm_campaign END AS utm_campaign,
    CASE WHEN opens THEN utm_content END AS utm_content,
    CASE WHEN opens THEN utm_term END AS utm_term,
    CASE WHEN opens THEN ad END AS ad,
    country, city, browser, browser_major::INTEGER AS browser_major, os, device,
    CASE WHEN bought THEN '{"items":"' || (1 + drawn % 4) || '"}'
         WHEN turn = 1 AND event_name = 'search' THEN '{"results":"' || (drawn % 40) || '"}' END AS props,
    CASE WHEN bought THEN 19 + (drawn % 28000) / 100 END::DECIMAL(18, 4) AS value,
    CASE WHEN bought THEN 'EUR' END AS currency
FROM happened
JOIN word ON word.slot = rank % len($words)
WHERE occurred_at < $until::DATE
ORDER BY date_trunc('day', occurred_at), visit, occurred_at, nth
