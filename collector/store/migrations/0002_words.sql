-- What each column means, in words fit for a privacy notice; `byleave schema` prints them from the running store.
COMMENT ON TABLE event IS 'One row for each thing a consenting visitor did.';
COMMENT ON COLUMN event.site IS 'The website, by its main host name.';
COMMENT ON COLUMN event.host IS 'The host name of the website that served the page.';
COMMENT ON COLUMN event.occurred_at IS 'When it happened, by our clock, in UTC, to the second.';
COMMENT ON COLUMN event.kind IS 'What happened: a page view, a click, leaving a page, or an event the website names.';
COMMENT ON COLUMN event.nth IS 'Its number within the visit, counted from 0.';
COMMENT ON COLUMN event.visit IS 'A number for the visit, made with a secret key from the website, the consent and the visit''s random id.';
COMMENT ON COLUMN event.visitor IS 'A number by which a later visit is recognised, made with a secret key from the consent; only if the visitor allowed that, else empty.';
COMMENT ON COLUMN event.subject IS 'A number by which rows are found to show or erase them, made with a secret key from the consent; in no report or export.';
COMMENT ON COLUMN event.notice IS 'Which privacy notice the visitor agreed to.';
COMMENT ON COLUMN event.path IS 'The page''s path, without query and fragment, personal parts replaced by *.';
COMMENT ON COLUMN event.target IS 'What was clicked: a link''s host and path, a download, or the name the website gave it; or the name of its event.';
COMMENT ON COLUMN event.target_kind IS 'What kind of thing was clicked: link, outbound link, download, button or form.';
COMMENT ON COLUMN event.seconds IS 'How many seconds the page was visible.';
COMMENT ON COLUMN event.scroll IS 'How far the page was scrolled, in percent.';
COMMENT ON COLUMN event.source IS 'The website or search engine the visit came from, by name; empty if none.';
COMMENT ON COLUMN event.channel IS 'What kind of place the visit came from, such as search, social media, e-mail or an advert.';
COMMENT ON COLUMN event.utm_source IS 'The campaign''s source, as the link named it.';
COMMENT ON COLUMN event.utm_medium IS 'The campaign''s medium, as the link named it.';
COMMENT ON COLUMN event.utm_campaign IS 'The campaign, as the link named it.';
COMMENT ON COLUMN event.utm_content IS 'The campaign''s content, as the link named it.';
COMMENT ON COLUMN event.utm_term IS 'The campaign''s term, as the link named it.';
COMMENT ON COLUMN event.ad IS 'Which advertising network''s advert was clicked; only if the visitor allowed that, else empty; never the click''s id.';
COMMENT ON COLUMN event.country IS 'The country, looked up from the address, which is not kept.';
COMMENT ON COLUMN event.city IS 'The city, looked up from the address, which is not kept.';
COMMENT ON COLUMN event.browser IS 'The family of the browser.';
COMMENT ON COLUMN event.browser_major IS 'The browser''s major version.';
COMMENT ON COLUMN event.os IS 'The family of the operating system.';
COMMENT ON COLUMN event.device IS 'The kind of device: desktop, mobile, tablet or other.';
COMMENT ON COLUMN event.props IS 'What the website told about its own event, personal parts replaced by *.';
COMMENT ON COLUMN event.value IS 'The amount the website told with its own event.';
COMMENT ON COLUMN event.currency IS 'The currency of that amount.';

COMMENT ON TABLE loaded IS 'How far each file of the queue before the store has been taken over.';
COMMENT ON COLUMN loaded.segment IS 'The file, by its random name.';
COMMENT ON COLUMN loaded.row_id IS 'The last row taken from it.';

COMMENT ON TABLE seen IS 'Marks of what arrived in the last hours, so that nothing sent twice is counted twice.';
COMMENT ON COLUMN seen.nonce IS 'A number made with a secret key from the consent and the sender''s random number.';
COMMENT ON COLUMN seen.received IS 'When it arrived, in UTC.';

COMMENT ON TABLE erased IS 'How many visits were erased, so that a shrunken month explains itself.';
COMMENT ON COLUMN erased.site IS 'The website, by its main host name.';
COMMENT ON COLUMN erased.hour IS 'The hour in which the erased visits began, in UTC.';
COMMENT ON COLUMN erased.visits IS 'How many visits.';
