-- Whole seconds as such: half the bytes on the disk of the type that stores had before, which counts microseconds.
ALTER TABLE event ALTER occurred_at TYPE TIMESTAMP_S;

-- What reports read of visits, derived from `event`: one row a visit, plain types, no keys. A visit that `changed` names is
-- read from its events instead, until it is settled into `visit` again.
CREATE TABLE visit (
    site          VARCHAR     NOT NULL,
    visit         BIGINT      NOT NULL,
    first_at      TIMESTAMP_S NOT NULL,  -- of its earliest row
    last_at       TIMESTAMP_S NOT NULL,  -- of its latest row
    began         TIMESTAMP_S,             -- its first counted event; NULL for leaves alone
    visitor       BIGINT,
    returns       BOOLEAN,               -- whether an earlier visit of that visitor is stored
    mark          UINTEGER    NOT NULL,  -- 32 bits of the subject, to count distinct ones against k
    notice        VARCHAR     NOT NULL,
    host          VARCHAR     NOT NULL,
    country       VARCHAR,
    city          VARCHAR,
    browser       VARCHAR,
    browser_major INTEGER,
    os            VARCHAR,
    device        VARCHAR,
    source        VARCHAR,
    channel       VARCHAR,
    utm_source    VARCHAR,
    utm_medium    VARCHAR,
    utm_campaign  VARCHAR,
    utm_content   VARCHAR,
    utm_term      VARCHAR,
    ad            VARCHAR,
    entry_page    VARCHAR,
    exit_page     VARCHAR,
    views         INTEGER     NOT NULL,
    bounced       BOOLEAN     NOT NULL,
    duration      BIGINT      NOT NULL,  -- seconds
    pages         INTEGER[],               -- its pages in order, as `step` numbers them; repeats in a row once; NULL for none
    steps         INTEGER[]                -- pages, clicks and events likewise; NULL where that is `pages`
);

-- The steps that visits of a site are made of, each once, numbered as they came: a list of numbers is small, and quick to count.
CREATE TABLE step (
    site          VARCHAR     NOT NULL,
    id            INTEGER     NOT NULL,
    kind          VARCHAR     NOT NULL,  -- pageview | click | event
    target_kind   VARCHAR     NOT NULL,  -- of a click, else ''
    name          VARCHAR     NOT NULL   -- a page's path, else the target, '' for none
);

-- Appended by each load: the visits it has rows of, and from when to when. All of these and the row in `visit`, if there
-- is one, together span every event of the visit.
CREATE TABLE changed (
    site          VARCHAR     NOT NULL,
    visit         BIGINT      NOT NULL,
    first_at      TIMESTAMP_S NOT NULL,
    last_at       TIMESTAMP_S NOT NULL
);

INSERT INTO step
SELECT site, row_number() OVER (PARTITION BY site ORDER BY count(*) DESC, kind, target_kind, name), kind, target_kind, name
FROM (
    SELECT site, kind,
        CASE WHEN kind = 'click' THEN coalesce(target_kind, '') ELSE '' END AS target_kind,
        CASE WHEN kind = 'pageview' THEN path ELSE coalesce(target, '') END AS name
    FROM event
    WHERE kind <> 'leave'
)
GROUP BY site, kind, target_kind, name;

INSERT INTO changed SELECT site, visit, min(occurred_at), max(occurred_at) FROM event GROUP BY site, visit;

COMMENT ON TABLE visit IS 'One row for each visit, worked out from its events, so that reports are quick.';
COMMENT ON COLUMN visit.site IS 'The website, by its main host name.';
COMMENT ON COLUMN visit.visit IS 'The visit''s number, as in its events.';
COMMENT ON COLUMN visit.first_at IS 'When its earliest event happened, in UTC.';
COMMENT ON COLUMN visit.last_at IS 'When its latest event happened, in UTC.';
COMMENT ON COLUMN visit.began IS 'When its first page view, click or event of the website''s own happened; empty if none.';
COMMENT ON COLUMN visit.visitor IS 'The visitor''s number, as in its events; only if the visitor allowed that, else empty.';
COMMENT ON COLUMN visit.returns IS 'Whether an earlier visit of that visitor is kept; only if the visitor allowed that.';
COMMENT ON COLUMN visit.mark IS 'A part of the number by which rows are found to erase them, to tell how many people a figure is about; in no report or export.';
COMMENT ON COLUMN visit.notice IS 'Which privacy notice its first event names.';
COMMENT ON COLUMN visit.host IS 'The host name of the website, of its first event.';
COMMENT ON COLUMN visit.country IS 'The country of its first event.';
COMMENT ON COLUMN visit.city IS 'The city of its first event.';
COMMENT ON COLUMN visit.browser IS 'The family of the browser of its first event.';
COMMENT ON COLUMN visit.browser_major IS 'The major version of that browser.';
COMMENT ON COLUMN visit.os IS 'The family of the operating system of its first event.';
COMMENT ON COLUMN visit.device IS 'The kind of device of its first event.';
COMMENT ON COLUMN visit.source IS 'Where its first page view came from.';
COMMENT ON COLUMN visit.channel IS 'What kind of place that is.';
COMMENT ON COLUMN visit.utm_source IS 'The campaign''s source, of its first page view.';
COMMENT ON COLUMN visit.utm_medium IS 'The campaign''s medium, of its first page view.';
COMMENT ON COLUMN visit.utm_campaign IS 'The campaign, of its first page view.';
COMMENT ON COLUMN visit.utm_content IS 'The campaign''s content, of its first page view.';
COMMENT ON COLUMN visit.utm_term IS 'The campaign''s term, of its first page view.';
COMMENT ON COLUMN visit.ad IS 'The advertising network of its first page view; only if the visitor allowed that, else empty.';
COMMENT ON COLUMN visit.entry_page IS 'The path of its first page view.';
COMMENT ON COLUMN visit.exit_page IS 'The path of its last page view.';
COMMENT ON COLUMN visit.views IS 'How many page views it has.';
COMMENT ON COLUMN visit.bounced IS 'Whether one page view is all it has, leaving aside.';
COMMENT ON COLUMN visit.duration IS 'How many seconds it lasted.';
COMMENT ON COLUMN visit.pages IS 'The pages it saw, in order, by their numbers in the table of steps.';
COMMENT ON COLUMN visit.steps IS 'The same with clicks and events, where it has any.';

COMMENT ON TABLE step IS 'The pages, clicks and events that visits are made of, each once, so that a visit can name them by number.';
COMMENT ON COLUMN step.site IS 'The website, by its main host name.';
COMMENT ON COLUMN step.id IS 'Its number.';
COMMENT ON COLUMN step.kind IS 'A page view, a click, or an event the website names.';
COMMENT ON COLUMN step.target_kind IS 'What kind of thing was clicked, as in the events.';
COMMENT ON COLUMN step.name IS 'The page''s path, what was clicked, or the event''s name, as in the events.';

COMMENT ON TABLE changed IS 'Which visits have events that the table of visits does not yet know.';
COMMENT ON COLUMN changed.site IS 'The website, by its main host name.';
COMMENT ON COLUMN changed.visit IS 'The visit''s number, as in its events.';
COMMENT ON COLUMN changed.first_at IS 'When the earliest of those events happened, in UTC.';
COMMENT ON COLUMN changed.last_at IS 'When the latest of those events happened, in UTC.';
