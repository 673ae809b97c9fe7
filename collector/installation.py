"""What the collector notes (`collector.sightings`) of requests that tell how a site's tag is installed.

Never of a browser that sends Global Privacy Control or Do Not Track. Beside the hot path: an acknowledged batch of
events is not noted, since its rows are in the reports within two seconds.
"""

import ipaddress

import msgspec

from collector.address import unlisted_proxy
from collector.beacon import MAX_BODY
from collector.context import Context
from collector.gate import SIGNALS, Arrival
from collector.origins import LONGEST, split_origin
from collector.refusal import Refusal
from collector.sightings import What
from collector.state.site import Site, SiteError, hostname
from collector.strip import own_host

Seen = tuple[What, str]


class Caller(msgspec.Struct, frozen=True):
    """Who fetched something, for as long as the request takes: headers as they came, and the peer's address."""

    origin: bytes
    forwarded: bytes
    peer: str
    signals: bool


class _Named(msgspec.Struct):
    """As much of a yes as tells whose it is."""

    site: str = ""


def tag_fetched(context: Context, caller: Caller) -> None:
    """The tag went to a browser; the request does not say for which site."""
    if not caller.signals:
        context.sightings.note("", What.TAG)


def asked(context: Context, caller: Caller, name: str, site: Site | None) -> None:
    """A page fetched the question of a site; `site` is None where no site here has this name."""
    if caller.signals:
        return
    if site is None:
        _misnamed(context, caller, name)
        return
    context.sightings.note(site.name, What.ASKED)
    wrong = _wrong_page(context, site, caller.origin)
    if wrong is not None:
        context.sightings.note(site.name, *wrong)
    _sender(context, site, caller.peer, caller.forwarded)


def said_yes(context: Context, arrival: Arrival) -> None:
    """A yes was recorded."""
    context.sightings.note(arrival.site.name, What.YES)
    _sender(context, arrival.site, arrival.peer, arrival.every(b"x-forwarded-for"))


def refused(context: Context, arrival: Arrival, what: What, refusal: Refusal) -> None:
    """A yes, or a batch of events, was refused."""
    if refusal in (Refusal.GPC, Refusal.DNT):
        return
    site = _site_of(context, arrival)
    if site is None:
        return
    if refusal is not Refusal.ORIGIN:
        context.sightings.note(site.name, what, refusal.slug)
        return
    wrong = _wrong_page(context, site, arrival.header(b"origin"))
    if wrong is not None:
        context.sightings.note(site.name, *wrong)


def signalled(values: list[str]) -> bool:
    """Whether one of these headers' values (of Sec-GPC or DNT) is the signal."""
    return any(part.strip() == "1" for value in values for part in value.split(","))


SIGNAL_HEADERS = tuple(name.decode() for name, _ in SIGNALS)


def _misnamed(context: Context, caller: Caller, name: str) -> None:
    found = context.origins.find(caller.origin)
    if found is not None and found.site and _is_name(name):
        context.sightings.note(found.site, What.MISNAMED, own_host(name))


def _wrong_page(context: Context, site: Site, origin: bytes) -> Seen | None:
    """What is wrong with the page of an origin; None where it may speak for the site, or does not say who it is."""
    found = context.origins.find(origin)
    if not origin or (found is not None and found.may_use(site)):
        return None
    _, host = split_origin(origin[:LONGEST].decode("latin-1"))
    if site.owns(host):
        return What.INSECURE, own_host(host)
    return (What.FOREIGN, own_host(host)) if _is_name(host) else (What.NAMELESS, "")


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        try:
            return hostname(host) == host
        except SiteError:
            return False
    return False  # a bare address names a machine, perhaps the visitor's own


def _sender(context: Context, site: Site, peer: str, forwarded: bytes) -> None:
    kind = unlisted_proxy(peer, forwarded, context.settings.trusted_networks)
    context.sightings.note(site.name, What.FORWARDED if kind else What.DIRECT, kind)


def _site_of(context: Context, arrival: Arrival) -> Site | None:
    """The site that a refused request is about, as far as it had come."""
    known: Site | None = getattr(arrival, "site", None)
    if known is not None:
        return known
    name = getattr(getattr(arrival, "message", None), "site", "")
    origin = getattr(arrival, "origin", None)
    body = getattr(arrival, "body", b"")
    if not name and origin is None and len(body) <= MAX_BODY:
        try:
            name = msgspec.json.decode(body, type=_Named).site
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # none, or not one
            return None
    if name:
        return context.follower.site_of(name.lower())
    return context.follower.sites.get(origin.site) if origin is not None else None
