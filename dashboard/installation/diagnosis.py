"""What is wrong with a site's installation, of what was seen of it. Pure: facts in, findings out."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from collector.refusal import Refusal
from collector.sightings import Sighted, What
from collector.state.site import Site, is_loopback_host

_UNSTORED = (Refusal.QUEUE_FULL, Refusal.UNAVAILABLE, Refusal.STALE, Refusal.STOPPING, Refusal.NO_OWNER)
_SAID_ELSEWHERE = (Refusal.DRAFT, Refusal.WITHDRAWN)
"""A draft is told as such; who withdrew is refused rightly."""
_REASONS = {
    Refusal.BOT: "bot",
    Refusal.TOKEN: "token",
    Refusal.EXPIRED: "expired",
    Refusal.NOTICE: "notice",
    Refusal.RATE: "rate",
    Refusal.CLOCK: "clock",
    **dict.fromkeys(_UNSTORED, "unstored"),
}
TO_COME = ("nothing", "tag_only", "asked_no_yes", "yes_no_event")
"""What is told where nothing is wrong: up to which step it came."""
_BY_SLUG = {refusal.slug: refusal for refusal in Refusal}


class State(StrEnum):
    """How far a site has come."""

    WORKS = "works"
    """Something was counted in the last half hour."""
    QUIET = "quiet"
    """Visits were counted before, none just now."""
    WAITING = "waiting"
    """Never anything so far."""


class Facts(msgspec.Struct, frozen=True):
    """What is known of a site; `seen` as the collector told it."""

    site: Site
    state: State
    unpublished: bool
    draft: bool
    local: bool
    """Whether the server listens on loopback alone, so that local pages count."""
    owners: dict[str, str]
    """Of the hosts and names that were seen: whose they are, where they are a site's."""
    seen: Sequence[Sighted]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, or still to come: which text tells it, and what that text names.

    `alias` is a host that could be added to the site.
    """

    kind: str
    value: str = ""
    alias: str = ""


def diagnose(facts: Facts) -> list[Finding]:
    """What to tell, the first thing to mend first."""
    found = [*_notice(facts), *_pages(facts), *_proxy(facts)]
    if facts.state is State.WORKS:
        return found
    return [*found, *_refusals(facts)] or [_next(facts)]


def last(seen: Iterable[Sighted], *kinds: What) -> int:
    """When one of these was last seen, Unix seconds; 0 where none was."""
    return max((at for _, what, _, at in seen if what in kinds), default=0)


def _notice(facts: Facts) -> list[Finding]:
    if facts.unpublished:
        return [Finding("unpublished")]
    hosts = (facts.site.name, *facts.site.aliases)
    if facts.draft and not (facts.local and all(map(is_loopback_host, hosts))):
        return [Finding("draft")]
    return []


def _pages(facts: Facts) -> list[Finding]:
    """Pages that ask and may not, and those whose tag names another site."""
    site = facts.site
    found = [Finding("misnamed", name) for name in _details(facts, What.MISNAMED) if name not in facts.owners]
    found += [Finding("insecure", host) for host in _details(facts, What.INSECURE)]
    for host in _details(facts, What.FOREIGN):
        if site.owns(host):
            continue  # it was added since
        whose = facts.owners.get(host)
        if is_loopback_host(host):
            found.append(Finding("local", host))
        elif whose is not None:
            found.append(Finding("other_site", whose))
        elif "*" in host:
            found.append(Finding("foreign_scrubbed", host))
        else:
            found.append(Finding("foreign", host, alias=host))
    if _details(facts, What.NAMELESS):
        found.append(Finding("nameless"))
    return found


def _proxy(facts: Facts) -> list[Finding]:
    """Only where nobody came otherwise: single visitors may sit behind a proxy of their own that says so."""
    kinds = _details(facts, What.FORWARDED)
    if not kinds or _details(facts, What.DIRECT):
        return []
    return [Finding("proxy_public" if "public" in kinds else "proxy_private")]


def _refusals(facts: Facts) -> list[Finding]:
    """Why the last yes, or the events after it, were refused; of those before the last yes nobody needs to know."""
    yes = last(facts.seen, What.YES)
    found = []
    for what, since in ((What.YES_REFUSED, yes + 1), (What.EVENTS_REFUSED, yes)):
        for _, kind, slug, at in facts.seen:
            refusal = _BY_SLUG.get(slug)
            if kind == what and at >= since and refusal is not None and refusal not in _SAID_ELSEWHERE:
                found.append(Finding(f"refused_{_REASONS.get(refusal, 'other')}", slug))
    return list({one.kind: one for one in found}.values())


def _next(facts: Facts) -> Finding:
    """Nothing is wrong: what is the next step that did not happen."""
    yes, asked = last(facts.seen, What.YES), last(facts.seen, What.ASKED)
    if yes >= max(asked, 1):
        return Finding("yes_no_event")
    if asked:
        return Finding("asked_no_yes")
    return Finding("tag_only" if last(facts.seen, What.TAG) else "nothing")


def _details(facts: Facts, wanted: What) -> list[str]:
    """The details of one kind, the latest first."""
    found = [(at, detail) for name, what, detail, at in facts.seen if what == wanted and name == facts.site.name]
    return [detail for _, detail in sorted(found, reverse=True)]
