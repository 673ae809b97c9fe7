"""The gate: the checks every consent and every batch of events must pass, in their order.

Each step takes the arrival and either adds what it learned or refuses. What a step cannot decide, it refuses.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec

from collector import rate
from collector.address import Headers
from collector.beacon import MAX_BODY, Beacon, Erasure, Event, Question, Withdrawal, Yes, decode
from collector.consent.token import BadToken, Claims, kid_of
from collector.context import Context
from collector.origins import Origin
from collector.refusal import Refusal, Refused
from collector.senders import Sender
from collector.state.site import Notice, Site, is_loopback_host
from collector.state.tokens import ApiToken, bearer, hash_of, is_token

CLOCK_SLACK_S = 300  # a token may be this much younger than our clock says; beyond, our clock is wrong
SIGNALS = ((b"sec-gpc", Refusal.GPC), (b"dnt", Refusal.DNT))
FORWARDED_SIGNALS = ((b"sec-gpc", Refusal.VISITOR_GPC), (b"dnt", Refusal.VISITOR_DNT))
_TYPES = (b"text/plain", b"application/json")


class Arrival:
    """One request on its way through the gate, and what is known of it so far."""

    body: bytes
    message: Any
    origin: Origin
    site: Site
    claims: Claims
    notice: Notice
    api_token: ApiToken

    def __init__(self, context: Context, scope: Any) -> None:
        self.context = context
        self.method: str = scope["method"]
        self.headers: Headers = scope["headers"]
        self.query: bytes = scope.get("query_string", b"")
        self._by_name: dict[bytes, bytes] = dict(self.headers)  # a look here costs a tenth of a walk through all
        self.now = time.time()
        self.peer: str = scope["client"][0] if scope.get("client") else ""

    def header(self, name: bytes) -> bytes:
        """The header of that name, the last where there are several; nothing where there is none."""
        return self._by_name.get(name, b"")

    def every(self, name: bytes) -> bytes:
        """All headers of that name as one (RFC 9110, section 5.3)."""
        if len(self._by_name) == len(self.headers) or name not in self._by_name:
            return self._by_name.get(name, b"")
        return b",".join([value for found, value in self.headers if found == name])

    @property
    def sender(self) -> Sender:
        """Who sends, as far as it may be known."""
        return self.context.senders.find(self.peer, self.every(b"x-forwarded-for"))


def signals(arrival: Arrival) -> None:
    """Global Privacy Control and Do Not Track stop everything, whatever else the request holds."""
    _heed(arrival, SIGNALS)


def forwarded_signals(arrival: Arrival) -> None:
    """The same of a visitor whose headers the owner's backend passes on; told in words, for a program reads them."""
    _heed(arrival, FORWARDED_SIGNALS)


def transport(arrival: Arrival) -> None:
    """Method, size and content type."""
    if arrival.method != "POST":
        raise Refused(Refusal.METHOD)
    if len(arrival.body) > MAX_BODY:
        raise Refused(Refusal.SIZE)
    type_ = arrival.header(b"content-type")
    if type_ not in _TYPES and type_.partition(b";")[0].strip().lower() not in _TYPES:
        raise Refused(Refusal.TYPE)


def beacon(arrival: Arrival) -> None:
    """The body of a batch, strictly."""
    arrival.message = decode(arrival.body, Beacon)


def answer(arrival: Arrival) -> None:
    """The body of a yes, strictly."""
    message = arrival.message = decode(arrival.body, Yes)
    if "measure" not in message.purposes:
        raise Refused(Refusal.PURPOSES, field="purposes")


def withdrawal(arrival: Arrival) -> None:
    """The body of a withdrawal: a token or an access key, one of them."""
    message = arrival.message = decode(arrival.body, Withdrawal)
    if (message.t is None) == (message.access_key is None):
        raise Refused(Refusal.MALFORMED, field="t", detail="Give either t or access_key.")


def question(arrival: Arrival) -> None:
    """The body of a visitor's question what is stored of them."""
    arrival.message = decode(arrival.body, Question)


def erasure(arrival: Arrival) -> None:
    """The body of an erasure."""
    arrival.message = decode(arrival.body, Erasure)


def origin(arrival: Arrival) -> None:
    """The Origin is a hostname of a site we know, over HTTPS, or local while we listen locally."""
    found = arrival.context.origins.find(arrival.header(b"origin"))
    if found is None:
        raise Refused(Refusal.ORIGIN)
    arrival.origin = found


def api_token(arrival: Arrival) -> None:
    """In place of an Origin: an API token of a site, for events. It speaks for that site's main hostname."""
    text, context = bearer(arrival.header(b"authorization").decode("latin-1")), arrival.context
    held = context.follower.api_tokens.get(hash_of(text)) if is_token(text) else None
    site = context.follower.sites.get(held.site) if held else None
    if held is None or site is None:
        raise Refused(Refusal.API_TOKEN)
    if held.scope != "events":
        raise Refused(Refusal.SCOPE)
    context.uses.note(held, int(arrival.now))
    arrival.api_token = held
    arrival.origin = Origin(site.name, site.name, local=False, head=())


def asked_site(arrival: Arrival) -> None:
    """The site a yes names is known, and the Origin is one of its hostnames."""
    site = arrival.context.follower.site_of(arrival.message.site.lower())
    if site is None or not arrival.origin.may_use(site):
        raise Refused(Refusal.ORIGIN)
    arrival.site = site


def token(arrival: Arrival) -> None:
    """MAC, site and time of the token."""
    context, text = arrival.context, arrival.message.t
    try:
        claims = context.tokens.token(text)
    except (BadToken, UnicodeDecodeError):
        raise Refused(Refusal.TOKEN) from None
    site = context.follower.sites.get(claims.site)
    if site is None or not arrival.origin.may_use(site) or context.tokens.killed(claims.kid):
        raise Refused(Refusal.TOKEN)
    if claims.issued > arrival.now + CLOCK_SLACK_S:
        raise Refused(Refusal.CLOCK, retry_after=60)
    if claims.expires <= arrival.now:
        raise Refused(Refusal.EXPIRED)
    if any(first <= claims.issued < last for first, last in context.follower.gaps):
        raise Refused(Refusal.TOKEN)  # its record was lost when an older backup was restored: it proves nothing
    arrival.site, arrival.claims = site, claims


def known(arrival: Arrival) -> None:
    """Who withdrew is known as of the last second, and which keys hold."""
    if not (arrival.context.follower.fresh and arrival.context.keys_known):
        raise Refused(Refusal.STALE, retry_after=2)


def standing(arrival: Arrival) -> None:
    """The consent was not withdrawn."""
    if arrival.claims.subject in arrival.context.follower.tombstones():
        _go_on(arrival)


def happened(arrival: Arrival, event: Event) -> int:
    """When an event happened, in Unix seconds of the server's clock; never before its token was issued."""
    return max(int(arrival.now - event.a / 1000), arrival.claims.issued)


def acceptable(arrival: Arrival) -> None:
    """The token's notice still covers the site, and is no draft but for local pages."""
    follower = arrival.context.follower
    notice = follower.notices.get(arrival.claims.notice)
    if notice is None or not follower.acceptable(notice):
        raise Refused(Refusal.NOTICE, notice=_current(arrival).id)
    _no_draft(arrival, notice)
    arrival.notice = notice


def asked_notice(arrival: Arrival) -> None:
    """The notice that was shown, or else the one in force, may be asked under."""
    current, shown = _current(arrival), arrival.message.notice
    arrival.notice = current
    if shown is not None:
        notice = arrival.context.follower.notices.get(shown)
        if notice is None or notice.site != arrival.site.name or not arrival.context.follower.acceptable(notice):
            raise Refused(Refusal.NOTICE, notice=current.id)
        arrival.notice = notice
    _no_draft(arrival, arrival.notice)


def event_rate(arrival: Arrival) -> None:
    """Not more than one browser, one address or one site may send."""
    if not arrival.context.limited:
        return
    limits = arrival.context.limits
    _limit(
        (limits.token, arrival.claims.consent),
        (limits.address, arrival.sender.number),
        (limits.site, arrival.site.name),
    )


def backend_rate(arrival: Arrival) -> None:
    """Not more than one browser, one API token or one site may send; the backend's address is not asked for."""
    if not arrival.context.limited:
        return
    limits = arrival.context.limits
    _limit(
        (limits.token, arrival.claims.consent),
        (limits.backend, arrival.api_token.id),
        (limits.site, arrival.site.name),
    )


def consent_rate(arrival: Arrival) -> None:
    """Not more yeses than one address can mean."""
    if arrival.context.limited:
        _limit((arrival.context.limits.consent, arrival.sender.number))


def rights_rate(arrival: Arrival) -> None:
    """Not more uses of a right than one address can mean."""
    if arrival.context.limited:
        _limit((arrival.context.limits.rights, arrival.sender.number))


Step = Callable[[Arrival], None]
EVENTS: tuple[Step, ...] = (signals, transport, origin, beacon, token, known, standing, acceptable, event_rate)
BACKEND: tuple[Step, ...] = (
    forwarded_signals, transport, api_token, beacon, token, known, standing, acceptable, backend_rate,
)  # fmt: skip
CONSENT: tuple[Step, ...] = (signals, transport, origin, answer, asked_site, known, asked_notice, consent_rate)
RIGHTS: tuple[Step, ...] = (rights_rate, transport)
WITHDRAW: tuple[Step, ...] = (*RIGHTS, withdrawal)
ME: tuple[Step, ...] = (*RIGHTS, question)
ERASE: tuple[Step, ...] = (*RIGHTS, erasure)


def passed(steps: tuple[Step, ...], arrival: Arrival) -> Arrival:
    """The arrival, when no step refuses it."""
    for step in steps:
        step(arrival)
    return arrival


def unknown_to_us(arrival: Arrival, refused: Refused) -> bool:
    """Whether another process may have made since what this one does not know: a key, a notice, a site."""
    message: Any = getattr(arrival, "message", None)
    if refused.refusal is Refusal.TOKEN and isinstance(message, Beacon):
        kid = kid_of(message.t)
        return bool(kid) and kid not in arrival.context.tokens.keys.token_keys
    if refused.refusal is Refusal.NOTICE:
        named = arrival.claims.notice if isinstance(message, Beacon) else message.notice
        return named not in arrival.context.follower.notices
    return refused.refusal in (Refusal.ORIGIN, Refusal.API_TOKEN)


def _heed(arrival: Arrival, known_signals: tuple[tuple[bytes, Refusal], ...]) -> None:
    for name, refusal in known_signals:
        signal = arrival.every(name)
        if signal and b"1" in map(bytes.strip, signal.split(b",")):
            raise Refused(refusal)


def _go_on(arrival: Arrival) -> None:
    """Who was erased and goes on is somebody new, without what came before; who withdrew is refused."""
    follower, claims = arrival.context.follower, arrival.claims
    successor, since = follower.renewal(claims.subject)
    if successor in follower.tombstones():
        raise Refused(Refusal.WITHDRAWN)
    arrival.claims = arrival.context.tokens.going_on(claims, successor)
    earlier = [place for place, event in enumerate(arrival.message.e, 1) if happened(arrival, event) < since]
    if earlier:  # erased before it came
        left = {"i": arrival.message.i + earlier[-1], "e": arrival.message.e[earlier[-1] :]}
        arrival.message = msgspec.structs.replace(arrival.message, **left)


def _current(arrival: Arrival) -> Notice:
    notice = arrival.context.follower.current.get(arrival.site.name)
    if notice is None:
        raise Refused(Refusal.DRAFT)
    return notice


def _no_draft(arrival: Arrival, notice: Notice) -> None:
    if notice.draft and not is_loopback_host(arrival.origin.host):
        raise Refused(Refusal.DRAFT)


def _limit(*pairs: tuple[rate.Limit, Any]) -> None:
    for limit, key in pairs:
        wait = limit.wait(key)
        if wait:
            raise Refused(Refusal.RATE, retry_after=wait)
