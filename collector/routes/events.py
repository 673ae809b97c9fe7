"""POST /c/events: strip what arrived, make it durable, and only then say so."""

from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from collector import metrics, strip
from collector.batch import Batch
from collector.beacon import Click, Custom, Leave, Pageview
from collector.consent.token import Claims
from collector.context import Context
from collector.enrich.bots import is_bot
from collector.enrich.device import device_of
from collector.enrich.memo import Memo
from collector.enrich.source import source_of
from collector.gate import Arrival
from collector.refusal import Refusal, Refused
from collector.routes.post import Answer
from collector.state.site import is_loopback_host


class Row(msgspec.Struct, omit_defaults=True, gc=False):
    """One row of the table `event`; what is absent is NULL."""

    site: str
    host: str
    occurred_at: str
    kind: str
    nth: int
    visit: int
    subject: str
    notice: str
    path: str
    visitor: int | None = None
    country: str | None = None
    city: str | None = None
    browser: str | None = None
    browser_major: int | None = None
    os: str | None = None
    device: str | None = None
    target: str | None = None
    target_kind: str | None = None
    seconds: int | None = None
    scroll: int | None = None
    source: str | None = None
    channel: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    ad: str | None = None
    props: str | None = None
    value: float | None = None
    currency: str | None = None


_ENCODER = msgspec.json.Encoder()
_referrer_host = Memo(strip.referrer_host, 4_096)


async def store(context: Context, arrival: Arrival) -> Answer:
    """Strip a batch and hand it to the spool; answers after the commit."""
    batch = stripped(context, arrival)
    await context.spool.append(batch)
    events = arrival.message.e
    for kind, count in Counter(map(type, events)).items():
        metrics.ACCEPTED[_KINDS[kind]].inc(count)
    return Answer(202, b'{"stored":%d}' % len(events))


def stripped(context: Context, arrival: Arrival) -> Batch:
    """The batch as it may be stored: address, user agent, URLs and referrers end here."""
    user_agent = arrival.header(b"user-agent").decode("utf-8", "replace")
    if is_bot(user_agent):
        raise Refused(Refusal.BOT)
    beacon, claims = arrival.message, arrival.claims
    keys = context.tokens.keys
    row = Row(
        site=claims.site,
        host=arrival.host,
        occurred_at="",
        kind="",
        nth=0,
        visit=keys.visit(claims.site, claims.consent, beacon.v),
        subject=claims.subject_text,
        notice=claims.notice,
        path="",
        visitor=claims.visitor,
    )
    row.country, row.city = context.places.lookup(arrival.address)
    row.browser, row.browser_major, row.os, row.device = device_of(user_agent)
    lines = bytearray()
    for position, event in enumerate(beacon.e):
        seen = copy(row)
        seen.nth, seen.kind = beacon.i + position, _KINDS[type(event)]
        seen.occurred_at = _occurred(arrival.now, event.a, claims)
        seen.path = strip.path(event.p, arrival.notice.query_keep, arrival.site.path_keep)
        _DETAILS[type(event)](arrival, event, seen)
        lines += _ENCODER.encode(seen) + b"\n"
    return Batch(
        nonce=keys.nonce(claims.consent, beacon.n),
        subject=claims.subject,
        issued=claims.issued,
        received=int(arrival.now),
        lines=bytes(lines),
    )


def _pageview(arrival: Arrival, event: Pageview, row: Row) -> None:
    query = event.p.partition("#")[0].partition("?")[2]
    utm = strip.utm(query)
    # Without the purpose `ads` an advert's click leaves no trace, in the channel neither.
    ad = strip.ad_network(query) if query and "ads" in arrival.claims.purposes else None

    def own(host: str) -> bool:
        return arrival.site.owns(host) or (is_loopback_host(host) and is_loopback_host(arrival.host))

    row.source, row.channel = source_of(_referrer_host(event.r) if event.r else None, own, utm, ad)
    row.ad = ad
    for name, value in utm.items():
        setattr(row, name, value)


def _click(arrival: Arrival, event: Click, row: Row) -> None:
    kept = arrival.notice.query_keep, arrival.site.path_keep
    row.target = strip.target(event.x, event.y, arrival.host, *kept) or None
    row.target_kind = event.y


def _leave(_arrival: Arrival, event: Leave, row: Row) -> None:
    row.seconds, row.scroll = round(event.d), round(event.s)


def _custom(_arrival: Arrival, event: Custom, row: Row) -> None:
    row.target = strip.text(event.x, 64)
    if event.m:
        props = {strip.text(key, 64): strip.text(_plain(value), 256) for key, value in event.m.items()}
        row.props = _ENCODER.encode(props).decode()
    row.value, row.currency = event.b, event.u


_DETAILS: dict[type, Callable[[Arrival, Any, Row], None]] = {
    Pageview: _pageview,
    Click: _click,
    Leave: _leave,
    Custom: _custom,
}
_KINDS: dict[type, str] = {Pageview: "pageview", Click: "click", Leave: "leave", Custom: "event"}


def _plain(value: str | float | bool) -> str:
    return value if isinstance(value, str) else _ENCODER.encode(value).decode()


def _occurred(now: float, age_ms: int, claims: Claims) -> str:
    return _clock(max(int(now - age_ms / 1000), claims.issued))


@lru_cache(4_096)  # most events of one second share its text
def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
