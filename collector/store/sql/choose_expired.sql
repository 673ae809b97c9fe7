-- Per notice: its site, the UTC second before which its rows are expired, and its k. Lists joined by commas, in one order.
CREATE TEMP TABLE expired AS
SELECT
    unnest(string_split($sites, ',')) AS site,
    unnest(string_split($notices, ',')) AS notice,
    make_timestamp(unnest(string_split($before, ','))::BIGINT * 1000000)::TIMESTAMP_S AS before,
    unnest(string_split($ks, ','))::BIGINT AS k
