-- What stays when rows have expired. Plain types, no keys; appended by each run of retention, added up when read.
CREATE TABLE total (
    site          VARCHAR     NOT NULL,
    day           DATE        NOT NULL,  -- a local day of the site
    dimension     VARCHAR     NOT NULL,  -- channel | country; '' for the whole day
    name          VARCHAR     NOT NULL,  -- '' for all that is too small to be named
    visits        BIGINT      NOT NULL,
    pageviews     BIGINT      NOT NULL
);

-- Visits that the totals hold already while later rows of theirs, behind a midnight, are still there.
CREATE TABLE tallied (
    site          VARCHAR     NOT NULL,
    visit         BIGINT      NOT NULL
);

COMMENT ON TABLE total IS 'What stays when rows have expired: totals per day, and by kind of source and country, where enough people are in them.';
COMMENT ON COLUMN total.site IS 'The website, by its main host name.';
COMMENT ON COLUMN total.day IS 'The day on which the visits began, by the clock of the website''s time zone.';
COMMENT ON COLUMN total.dimension IS 'What the day is split by: the kind of source or the country; empty for all of the day.';
COMMENT ON COLUMN total.name IS 'Which kind of source or country; empty for those of too few people, together.';
COMMENT ON COLUMN total.visits IS 'How many visits.';
COMMENT ON COLUMN total.pageviews IS 'How many page views these visits had.';

COMMENT ON TABLE tallied IS 'Visits around midnight that the totals hold already, so that the rest of them is not counted again a day later.';
COMMENT ON COLUMN tallied.site IS 'The website, by its main host name.';
COMMENT ON COLUMN tallied.visit IS 'The visit''s number, as in its events.';
