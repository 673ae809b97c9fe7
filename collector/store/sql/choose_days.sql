-- The local days of each site, by the UTC second of their beginning; lists joined by commas, in one order.
CREATE TEMP TABLE local_day AS
SELECT
    unnest(string_split($sites, ',')) AS site,
    unnest(string_split($days, ','))::DATE AS day,
    make_timestamp(unnest(string_split($begins, ','))::BIGINT * 1000000)::TIMESTAMP_S AS begins
