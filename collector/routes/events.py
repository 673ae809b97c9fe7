"""POST /c/events and /api/v1/events: strip what arrived, make it durable, and only then say so."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from collector import metrics, strip
from collector.batch import Batch
from collector.beacon import MAX_EVENTS, Click, Custom, Leave, Pageview
from collector.context import Context
from collector.enrich.agent import device_of_person
from collector.enrich.memo import Memo
from collector.enrich.source import source_of
from collector.gate import Arrival, happened
from collector.refusal import Refusal, Refused
from collector.routes.post import JSON, Answer
from collector.state.site import is_loopback_host


class Shared(msgspec.Struct, omit_defaults=True, gc=False):
    """What all rows of a batch have in common, as columns of the table `event`; what is absent is NULL."""

    site: str
    host: str
    visit: int
    subject: str
    notice: str
    visitor: int | None = None
    country: str | None = None
    city: str | None = None
    browser: str | None = None
    browser_major: int | None = None
    os: str | None = None
    device: str | None = None


class Row(msgspec.Struct, omit_defaults=True, gc=False):
    """What one row has of its own."""

    occurred_at: str
    kind: str
    nth: int
    path: str
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


Seen = tuple[str | None, str | None, str | None, int | None, str | None, str | None] | tuple[()]
"""Country, city, browser, its major version, os and device, or nothing: the last columns of Shared."""

_encode = msgspec.json.Encoder().encode
_referrer_host = Memo(strip.referrer_host, 4_096)
_utm = Memo(strip.utm, 4_096)
_STORED = tuple(Answer(202, b'{"stored":%d}' % count, (JSON,)) for count in range(MAX_EVENTS + 1))


async def store(context: Context, arrival: Arrival) -> Answer:
    """Strip a browser's batch and hand it to the spool; answers after the commit."""
    device = device_of_person(arrival.header(b"user-agent"))
    if device is None:
        raise Refused(Refusal.BOT)
    sender = arrival.sender
    return await _store(context, arrival, (sender.country, sender.city, *device))


async def store_of_backend(context: Context, arrival: Arrival) -> Answer:
    """The same for a batch from the owner's backend, whose address and user agent say nothing about the visitor."""
    return await _store(context, arrival, ())


async def _store(context: Context, arrival: Arrival, seen: Seen) -> Answer:
    events = arrival.message.e
    if events:  # none is left where all happened before their visitor was erased
        await context.spool.append(stripped(context, arrival, seen))
    for event in events:
        metrics.accepted[_KINDS[type(event)]] += 1
    return _STORED[len(events)]


def stripped(context: Context, arrival: Arrival, seen: Seen) -> Batch:
    """The batch as it may be stored: URLs and referrers end here, as address and user agent did for `seen`."""
    beacon, claims, keys = arrival.message, arrival.claims, context.tokens.keys
    # fmt: off
    shared = Shared(
        claims.site, _host(arrival), keys.visit(claims.site, claims.consent, beacon.v), claims.subject_text,
        claims.notice, claims.visitor, *seen,
    )
    # fmt: on
    head = _encode(shared)[:-1] + b","  # written once a batch: of a row it is the larger half
    query_keep, path_keep = arrival.notice.query_keep, arrival.site.path_keep
    lines = []
    for nth, event in enumerate(beacon.e, beacon.i):
        kind = type(event)
        path = strip.path(event.p, query_keep, path_keep)
        row = Row(_clock(happened(arrival, event)), _KINDS[kind], nth, path)
        _DETAILS[kind](arrival, event, row)
        lines.append(head + _encode(row)[1:])
    lines.append(b"")
    return Batch(
        nonce=keys.nonce(claims.consent, beacon.n),
        subject=claims.subject,
        issued=claims.issued,
        received=int(arrival.now),
        lines=b"\n".join(lines),
    )


def _host(arrival: Arrival) -> str:
    """The hostname as its owner gave it; one that only a `*.` alias covers is scrubbed."""
    host, site = arrival.origin.host, arrival.site
    return host if host == site.name or host in site.aliases else strip.own_host(host)


def _pageview(arrival: Arrival, event: Pageview, row: Row) -> None:
    query = event.p.partition("#")[0].partition("?")[2]
    utm = _utm(query) if query else {}
    # Without the purpose `ads` an advert's click leaves no trace, in the channel neither.
    ad = row.ad = strip.ad_network(query) if query and "ads" in arrival.claims.purposes else None

    def own(host: str) -> bool:
        return arrival.site.owns(host) or (is_loopback_host(host) and is_loopback_host(arrival.origin.host))

    row.source, row.channel = source_of(_referrer_host(event.r) if event.r else None, own, utm, ad)
    for name, value in utm.items():
        setattr(row, name, value)


def _click(arrival: Arrival, event: Click, row: Row) -> None:
    kept = arrival.notice.query_keep, arrival.site.path_keep
    row.target = strip.target(event.x, event.y, arrival.origin.host, *kept) or None
    row.target_kind = event.y


def _leave(_arrival: Arrival, event: Leave, row: Row) -> None:
    row.seconds, row.scroll = round(event.d), round(event.s)


def _custom(_arrival: Arrival, event: Custom, row: Row) -> None:
    row.target = strip.text(event.x, 64)
    if event.m:
        props = {strip.text(key, 64): strip.text(_plain(value), 256) for key, value in event.m.items()}
        row.props = _encode(props).decode()
    row.value, row.currency = event.b, event.u


_DETAILS: dict[type, Callable[[Arrival, Any, Row], None]] = {
    Pageview: _pageview,
    Click: _click,
    Leave: _leave,
    Custom: _custom,
}
_KINDS: dict[type, str] = {Pageview: "pageview", Click: "click", Leave: "leave", Custom: "event"}


def _plain(value: str | float | bool) -> str:
    return value if isinstance(value, str) else _encode(value).decode()


@lru_cache(4_096)  # most events of one second share its text
def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
