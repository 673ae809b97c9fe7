-- Plain types, NOT NULL and nothing else: no key, index, CHECK or ENUM, so that the same tables can live in a lake and
-- so that replaying a write-ahead log never meets an index. One row an event; the columns of docs/privacy.md, whole.
CREATE TABLE event (
    site          VARCHAR   NOT NULL,  -- the site's main hostname
    host          VARCHAR   NOT NULL,  -- the hostname the page was served from
    occurred_at   TIMESTAMP_S NOT NULL,  -- UTC, whole seconds
    kind          VARCHAR   NOT NULL,  -- pageview | click | leave | event
    nth           INTEGER   NOT NULL,  -- number within the visit, from 0
    visit         BIGINT    NOT NULL,  -- keyed hash of site, consent and the tag's visit id
    visitor       BIGINT,              -- keyed hash of the subject, only where the consent holds `returning`
    subject       UUID      NOT NULL,  -- keyed hash of the first linked consent; read by rights, retention and k only
    notice        VARCHAR   NOT NULL,  -- SHA-256 (hex) of the notice the token named
    path          VARCHAR   NOT NULL,  -- scrubbed path of the page
    target        VARCHAR,             -- click: scrubbed link or the owner's name; event: its name
    target_kind   VARCHAR,             -- click: link | outbound | download | button | form
    seconds       INTEGER,             -- leave: visible seconds since the page's previous leave
    scroll        SMALLINT,            -- leave: deepest scroll, percent
    source        VARCHAR,             -- pageview: the referring site's name, or its host; NULL is Direct
    channel       VARCHAR,             -- pageview: Direct | Search | Social | AI | Email | Video | News | Paid | Campaign | Referral
    utm_source    VARCHAR,
    utm_medium    VARCHAR,
    utm_campaign  VARCHAR,
    utm_content   VARCHAR,
    utm_term      VARCHAR,
    ad            VARCHAR,             -- with the purpose `ads`: the network of the ad-click id
    country       VARCHAR,             -- ISO 3166-1 alpha-2; NULL is an unknown place
    city          VARCHAR,
    browser       VARCHAR,
    browser_major INTEGER,
    os            VARCHAR,
    device        VARCHAR,             -- desktop | mobile | tablet | other
    props         VARCHAR,             -- event: JSON object of text values
    value         DECIMAL(18, 4),      -- event: amount in `currency`
    currency      VARCHAR              -- event: ISO 4217
);

-- How far each spool segment has been loaded; appended in the load's own transaction, the highest row counts.
CREATE TABLE loaded (
    segment VARCHAR NOT NULL,
    row_id  BIGINT  NOT NULL
);

-- Batches seen in the last two hours, by keyed hash of consent and nonce, so that a retry is stored once.
CREATE TABLE seen (
    nonce    UUID      NOT NULL,
    received TIMESTAMP NOT NULL   -- UTC
);

-- How many visits were erased since, by the UTC hour in which they began: a count, so that a shrunken month explains itself.
CREATE TABLE erased (
    site   VARCHAR   NOT NULL,
    hour   TIMESTAMP NOT NULL,
    visits BIGINT    NOT NULL
);
