"""Where visits to the demo site come from: everyday referrers, and pushes (campaigns and bursts) of some days."""

from typing import Any, NamedTuple

from collector.demo.pages import NAMES
from collector.demo.slots import joined, slots
from collector.enrich.source import source_of


class Arrival(NamedTuple):
    """One way to the site, as a browser would tell it."""

    weight: int
    referrer: str | None = None
    utm: tuple[str, str, str, str, str] = ("", "", "", "", "")
    """source, medium, campaign, content, term"""
    ad: str | None = None
    """The network of an ad click; stored only for those who allow it."""
    entry: str | None = None
    """The kind of page it leads to; None: any."""
    rank: int = 0
    """Which page of that kind, from 1; 0: any."""


class Push(NamedTuple):
    """An arrival on some days of the year (from 0), with its share of those days' visits, falling by half each day."""

    first: int
    last: int
    share: float
    fades: bool
    arrival: Arrival


EVERYDAY = (
    Arrival(300), Arrival(310, "www.google.com"), Arrival(38, "www.bing.com"), Arrival(34, "duckduckgo.com"),
    Arrival(16, "www.ecosia.org"), Arrival(30, "www.instagram.com"), Arrival(22, "www.facebook.com"),
    Arrival(26, "www.reddit.com"), Arrival(16, "mastodon.social"), Arrival(10, "www.pinterest.com"),
    Arrival(38, "chatgpt.com"), Arrival(14, "www.perplexity.ai"), Arrival(7, "claude.ai"),
    Arrival(26, "www.youtube.com"), Arrival(20, "trails.example"), Arrival(14, "climbers.example"),
    Arrival(9, "hut-to-hut.example"), Arrival(6, "tests.example"),
    Arrival(30, "www.google.com", ("google", "cpc", "brand", "", "outdoor shop"), "Google Ads", "home"),
    Arrival(14, "www.google.com", ("google", "cpc", "boots", "text-b", "hiking boots"), "Google Ads", "boots"),
)  # fmt: skip
_LETTER = Arrival(1, None, ("newsletter", "email", "weekly-letter", "", ""), None, "post")
PUSHES = (
    *(Push(day, day + 1, 0.14, True, _LETTER) for day in range(3, 365, 7)),
    Push(80, 101, 0.12, False, Arrival(1, "www.instagram.com", ("instagram", "paid-social", "spring-sale", "reel", ""),
                                       "Meta", "sale")),
    Push(150, 164, 0.10, False, Arrival(1, "www.google.com", ("google", "cpc", "summer-tents", "image-a", "light tent"),
                                        "Google Ads", "tents")),
    Push(322, 331, 0.22, False, Arrival(1, None, ("newsletter", "email", "black-week", "hero", ""), None, "sale")),
    Push(118, 121, 0.62, True, Arrival(1, "news.ycombinator.com", entry="post", rank=7)),
    Push(215, 219, 0.48, True, Arrival(1, "www.reddit.com", entry="guide", rank=3)),
    Push(276, 278, 0.40, True, Arrival(1, "www.youtube.com", entry="tent", rank=12)),
)  # fmt: skip
PUSH_SLOTS = 64
ARRIVALS = (*EVERYDAY, *dict.fromkeys(push.arrival for push in PUSHES))


def pushed(day: int) -> list[float]:
    """The share of a day's visits by arrival: pushes only; what is left to 1 is everyday."""
    shares = [0.0] * len(ARRIVALS)
    for push in PUSHES:
        if push.first <= day <= push.last:
            fading = 2.0 ** (push.first - day) if push.fades else 1.0
            shares[ARRIVALS.index(push.arrival)] += push.share * fading
    return shares


def push_slots(day: int) -> list[int]:
    """PUSH_SLOTS arrivals of a day; -1 is an everyday one."""
    shares = pushed(day)
    return [index - 1 for index in slots([max(0.0, 1 - sum(shares)), *shares], PUSH_SLOTS)]


def parameters() -> dict[str, Any]:
    """The arrivals as lists that sql/events.sql binds, named and sorted into channels as the collector would."""
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
    found: dict[str, list[Any]] = {name: [] for name in ("sources", "channels", *names, "ads", "leads", "ranks")}
    for arrival in ARRIVALS:
        utm = {name: text for name, text in zip(names, arrival.utm, strict=True) if text}
        source, channel = source_of(arrival.referrer, lambda _: False, utm, arrival.ad)
        found["sources"].append(source)
        found["channels"].append(channel)
        for name in names:
            found[name].append(utm.get(name))
        found["ads"].append(arrival.ad)
        found["leads"].append(NAMES.index(arrival.entry) if arrival.entry else -1)
        found["ranks"].append(arrival.rank)
    return {"everyday": joined(slots([arrival.weight for arrival in EVERYDAY])), **found}
