-- One fact a visit that began in the period, and a value of each dimension that it holds.
SELECT
    'visit' AS fact, v.visit, v.mark, v.country, {dimensions},
    v.visitor, v.views, v.bounced, v.duration{converted}
FROM {visits} AS v
{joins}
WHERE v.began >= $start::TIMESTAMP_S AND v.began < $end::TIMESTAMP_S
