-- What reports read of visits, derived from `event`: one row a visit, plain types, no keys. A visit that `changed` names is
-- read from its events instead, until it is settled into `visit` again.
CREATE TABLE visit (
    site          VARCHAR   NOT NULL,
    visit         BIGINT    NOT NULL,
    first_at      TIMESTAMP NOT NULL,  -- of its earliest row
    last_at       TIMESTAMP NOT NULL,  -- of its latest row
    began         TIMESTAMP,           -- its first counted event; NULL for leaves alone
    visitor       BIGINT,
    subject       UUID      NOT NULL,
    notice        VARCHAR   NOT NULL,
    host          VARCHAR   NOT NULL,
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
    views         INTEGER   NOT NULL,
    bounced       BOOLEAN   NOT NULL,
    duration      BIGINT    NOT NULL   -- seconds
);

-- Appended by each load: the visits it has rows of, and from when to when. All of these and the row in `visit`, if there
-- is one, together span every event of the visit.
CREATE TABLE changed (
    site     VARCHAR   NOT NULL,
    visit    BIGINT    NOT NULL,
    first_at TIMESTAMP NOT NULL,
    last_at  TIMESTAMP NOT NULL
);

INSERT INTO changed SELECT site, visit, min(occurred_at), max(occurred_at) FROM event GROUP BY site, visit;

COMMENT ON TABLE visit IS 'One row for each visit, worked out from its events, so that reports are quick.';
COMMENT ON COLUMN visit.site IS 'The website, by its main host name.';
COMMENT ON COLUMN visit.visit IS 'The visit''s number, as in its events.';
COMMENT ON COLUMN visit.first_at IS 'When its earliest event happened, in UTC.';
COMMENT ON COLUMN visit.last_at IS 'When its latest event happened, in UTC.';
COMMENT ON COLUMN visit.began IS 'When its first page view, click or event of the website''s own happened; empty if none.';
COMMENT ON COLUMN visit.visitor IS 'The visitor''s number, as in its events; only if the visitor allowed that, else empty.';
COMMENT ON COLUMN visit.subject IS 'The number by which rows are found to show or erase them, as in its events; in no report or export.';
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

COMMENT ON TABLE changed IS 'Which visits have events that the table of visits does not yet know.';
COMMENT ON COLUMN changed.site IS 'The website, by its main host name.';
COMMENT ON COLUMN changed.visit IS 'The visit''s number, as in its events.';
COMMENT ON COLUMN changed.first_at IS 'When the earliest of those events happened, in UTC.';
COMMENT ON COLUMN changed.last_at IS 'When the latest of those events happened, in UTC.';
