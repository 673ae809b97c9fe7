"""What the page says that waits for a first visit, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "inst_title": "Check the installation of {site}",
    "inst_check": "Check the installation",
    "inst_begin": "The line is in: wait for the first visit",
    "inst_waiting": "Waiting for the first visit …",
    "inst_quiet": "Nothing in the last half hour. Visits were counted before.",
    "inst_works": "It works: a visit was counted in the last half hour.",
    "inst_overview": "Look at it in the overview",
    "inst_lead": (
        "Open a page of {site} in another tab and say yes there. What comes of it shows here by itself within two "
        "seconds."
    ),
    "inst_again": "Look again",
    "inst_open": "Open {site}",
    "inst_private": "A private window asks anew, whatever was answered in this browser before.",
    "inst_seen": "Seen in the last half hour",
    "inst_seen_note": (
        "Held in memory alone: no page, no address, no browser. Only the hostname of a page that asks and may not."
    ),
    "inst_step_tag": "A browser fetched the tag, of this site or another of this server",
    "inst_step_asked": "A page of the site fetched the question",
    "inst_step_yes": "Somebody said yes",
    "inst_step_not": "not yet",
    "inst_more": "A closer look, in a terminal:",
    "inst_alias": "Add {host} to {site}",
    "inst_settings": "To the settings",
    "inst_snippet": "The line again",
    # Signals of this browser
    "inst_gpc": "This browser sends Global Privacy Control",
    "inst_gpc_do": "It is never asked and never counted, on any site. Try with a browser that does not send it.",
    "inst_dnt": "This browser sends Do Not Track",
    "inst_dnt_do": "It is never asked and never counted, on any site. Try with a browser that does not send it.",
    # What is wrong, and what to do about it
    "inst_unpublished": "The site has no notice, so nobody can be asked",
    "inst_unpublished_do": "Say who is responsible and where visitors write to.",
    "inst_draft": "The notice is still a draft",
    "inst_draft_do": (
        "It names no controller or no contact, so only pages on localhost may ask. Say who is responsible and where "
        "visitors write to."
    ),
    "inst_misnamed": "A page of {site} asks for {value}, which is no site here",
    "inst_misnamed_do": 'Its tag must say data-site="{site}". Correct it in the page.',
    "inst_insecure": "A page on {value} came without HTTPS",
    "inst_insecure_do": "A yes counts over HTTPS alone. Serve the website by https:// and send http:// there.",
    "inst_local": "A page on {value} asked",
    "inst_local_do": (
        "Pages of your own machine count only while this server listens on that machine alone, too (BYLEAVE_HOST). Try "
        "on {site} itself."
    ),
    "inst_other_site": "A page of {value} asks for {site}",
    "inst_other_site_do": 'That host is the site {value} here. Its pages need a tag with data-site="{value}".',
    "inst_foreign": "A page on {value} asked, and {site} does not have that host",
    "inst_foreign_do": (
        "If it is yours, add it: its pages then count as pages of {site}. If not, somebody copied your tag."
    ),
    "inst_foreign_scrubbed": "A page on a host like {value} asked, and {site} does not have it",
    "inst_foreign_scrubbed_do": (
        "A part of the name looks like somebody’s number or address and is not held. If the host is yours, add it, or "
        "a *. alias, in the settings."
    ),
    "inst_nameless": "A page without a hostname asked",
    "inst_nameless_do": (
        "It was opened from a file, in a sandboxed frame, or by the bare address of a machine. Open it by its name."
    ),
    "inst_proxy_private": "Every request came through a proxy that this server does not trust",
    "inst_proxy_private_do": (
        "All visitors look as if they sat where the proxy does: no place is found, and they share one rate limit. The "
        "proxy is on a private network: set BYLEAVE_TRUSTED_PROXIES=private, or its address, and restart."
    ),
    "inst_proxy_public": "Every request came through a proxy that this server does not trust",
    "inst_proxy_public_do": (
        "All visitors look as if they sat where the proxy does: their place is wrong, and they share one rate limit. "
        "Set BYLEAVE_TRUSTED_PROXIES to the proxy’s address or network, and restart. It is not shown here, for "
        "addresses are kept nowhere."
    ),
    "inst_refused_bot": "A program came, not a person’s browser",
    "inst_refused_bot_do": "Bots and headless browsers are never counted. Try with a browser of your own.",
    "inst_refused_token": "Events came with a token of another server, or under a key that was killed",
    "inst_refused_token_do": "The browser forgets it and asks again on the next page. Load a page and say yes again.",
    "inst_refused_expired": "Events came under a yes that has expired",
    "inst_refused_expired_do": "The browser asks again on the next page. Load a page and say yes again.",
    "inst_refused_notice": "The notice has changed since the yes was given",
    "inst_refused_notice_do": "The browser asks again. Load a page and say yes again.",
    "inst_refused_rate": "Too much came at once and was refused",
    "inst_refused_rate_do": (
        "Wait a minute. If all visitors come through one proxy they share its limit: see BYLEAVE_TRUSTED_PROXIES."
    ),
    "inst_refused_clock": "This server’s clock is wrong",
    "inst_refused_clock_do": "It is behind the tokens that it gave itself. Set it right (NTP), then try again.",
    "inst_refused_unstored": "The server could not store what came",
    "inst_refused_unstored_do": "Browsers try again for an hour. Run byleave doctor on the server, and read its log.",
    "inst_refused_other": "What came was refused: {value}",
    "inst_refused_other_do": "The console of the browser says why, in one sentence. Look there (F12).",
    # Nothing is wrong so far
    "inst_yes_no_event": "Somebody said yes; their first page is on its way",
    "inst_yes_no_event_do": (
        "It comes within two seconds. If it does not, look into the browser’s console (F12): a content policy "
        "(connect-src) or a blocker may hold it back."
    ),
    "inst_asked_no_yes": "The question was fetched; nobody has said yes so far",
    "inst_asked_no_yes_do": "Say yes yourself on a page of {site}. Before a yes nothing is counted: that is the point.",
    "inst_tag_only": "The tag was fetched, but no page of {site} has asked",
    "inst_tag_only_do": (
        "The browser may have its answer already (open a private window), the page may lack HTTPS or sit in a frame, "
        "or the tag may ask by another tool (data-banner, data-cmp) or belong to another site of this server."
    ),
    "inst_nothing": "No page fetched the tag",
    "inst_nothing_do": (
        "Open a page of {site}, look at its source (Ctrl+U) and search for tag.js. If it is not there, the line is "
        "missing or a cache still serves the old page. If it is, a blocker, the page’s content policy (script-src) or "
        "the network keeps the browser from this server: its console (F12) says so."
    ),
}
