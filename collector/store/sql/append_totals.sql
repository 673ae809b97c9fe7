-- What stays of the visits that began before their notice's time, group by group (site, local day, notice). A group of fewer
-- than k people leaves nothing. Of the others the day itself stays, and each channel and country of k people or more by
-- name; the rest together, without a name. Where that rest is of fewer than k people, what is named would tell it by
-- subtraction: then the smallest that has a name goes with it.
INSERT INTO total BY NAME
WITH
gone AS (
    SELECT visit.site, visit.notice, local_day.day, expired.k, visit.mark, visit.channel, visit.country, visit.views
    FROM visit
    ANTI JOIN tallied ON tallied.site = visit.site AND tallied.visit = visit.visit
    JOIN expired ON expired.site = visit.site AND expired.notice = visit.notice AND visit.began < expired.before
    ASOF JOIN local_day ON local_day.site = visit.site AND visit.began >= local_day.begins
),
enough AS (
    SELECT site, notice, day
    FROM gone
    GROUP BY site, notice, day
    HAVING count(DISTINCT mark) >= any_value(k)
),
split AS (
    SELECT site, notice, day, k, mark, views, unnest(['', 'channel', 'country']) AS dimension,
        unnest(['', coalesce(channel, ''), coalesce(country, '')]) AS name
    FROM gone
    SEMI JOIN enough USING (site, notice, day)
),
nameable AS (
    SELECT site, notice, day, dimension, name, count(DISTINCT mark) AS people
    FROM split
    WHERE name <> ''
    GROUP BY site, notice, day, dimension, name
    HAVING count(DISTINCT mark) >= any_value(k)
),
too_few AS (
    SELECT site, notice, day, dimension
    FROM split
    ANTI JOIN nameable USING (site, notice, day, dimension, name)
    GROUP BY site, notice, day, dimension
    HAVING count(DISTINCT mark) < any_value(k)
),
smallest AS (
    SELECT site, notice, day, dimension, first(name ORDER BY people, name) AS name
    FROM nameable
    SEMI JOIN too_few USING (site, notice, day, dimension)
    GROUP BY site, notice, day, dimension
),
named AS (
    SELECT site, notice, day, dimension, name
    FROM nameable
    ANTI JOIN smallest USING (site, notice, day, dimension, name)
)
SELECT site, day, dimension, coalesce(named.name, '') AS name, count(*) AS visits, sum(views)::BIGINT AS pageviews
FROM split
LEFT JOIN named USING (site, notice, day, dimension, name)
GROUP BY site, day, dimension, coalesce(named.name, '')
