-- What each yes still covers: a purpose that a later yes of the same subject left out is covered by none before it. Beyond
-- $log no record takes anything back: the rows were read before that.
CREATE OR REPLACE TEMP TABLE lasting AS
SELECT
    subject, terms, visitor,
    make_timestamp(since * 1000000)::TIMESTAMP_S AS since,
    make_timestamp(until * 1000000)::TIMESTAMP_S AS until,
    recognises AND coalesce(bool_and(recognises OR seq > $log) OVER later, true) AS recognises,
    adverts AND coalesce(bool_and(adverts OR seq > $log) OVER later, true) AS adverts
FROM consented
WINDOW later AS (PARTITION BY subject ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
