"""Simulated visitors with known truth: what they send, and what the reports must say of them.

Agents are real browsers', with what they are written beside them by hand; nothing here uses the product's own parsing.
"""

import random
from typing import Any, NamedTuple

import msgspec

from tests.wire import random16


class Agent(NamedTuple):
    """A real user agent and what it is."""

    text: str
    browser: str
    os: str
    device: str


_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0"
_MAC = "Macintosh; Intel Mac OS X 10_15_7"
_IPHONE = "iPhone; CPU iPhone OS 18_5 like Mac OS X"
_IPAD = "iPad; CPU OS 17_5 like Mac OS X"
_PIXEL = "Linux; Android 14; Pixel 8"


def _mozilla(platform: str, rest: str) -> str:
    return f"Mozilla/5.0 ({platform}) {rest}"


AGENTS = (
    Agent(_mozilla("Windows NT 10.0; Win64; x64", f"{_BLINK} Safari/537.36"), "Chrome", "Windows", "desktop"),
    Agent(
        _mozilla("Windows NT 10.0; Win64; x64", f"{_BLINK} Safari/537.36 Edg/139.0.0.0"), "Edge", "Windows", "desktop"
    ),
    Agent(_mozilla("X11; Linux x86_64; rv:141.0", "Gecko/20100101 Firefox/141.0"), "Firefox", "Linux", "desktop"),
    Agent(_mozilla(_MAC, f"{_WEBKIT} Version/18.5 Safari/605.1.15"), "Safari", "macOS", "desktop"),
    Agent(_mozilla(_IPHONE, f"{_WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1"), "Safari", "iOS", "mobile"),
    Agent(_mozilla(_IPAD, f"{_WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1"), "Safari", "iOS", "tablet"),
    Agent(_mozilla(_PIXEL, f"{_BLINK} Mobile Safari/537.36"), "Chrome", "Android", "mobile"),
)
# Public resolvers and registries around the world, and this machine itself, which is at no place.
ADDRESSES = (
    "8.8.8.8", "9.9.9.9", "80.80.80.80", "193.0.6.139", "217.237.150.115", "2001:4860:4860::8888", "203.119.1.1",
    "194.150.168.168", "127.0.0.1",
)  # fmt: skip
REFERRERS = {
    "": ("Direct", "Direct"),
    "https://www.google.com/": ("Google", "Search"),
    "https://duckduckgo.com/": ("DuckDuckGo", "Search"),
    "https://chatgpt.com/": ("ChatGPT", "AI"),
    "https://blog.neighbour.example/": ("blog.neighbour.example", "Referral"),
    "https://example.com/": ("Direct", "Direct"),
}
PAGES = ("/", "/pricing", "/blog/ask-first", "/docs/install", "/about", "/blog/2026/11/22", "/caf%C3%A9")
STORED = {"/caf%C3%A9": "/café"}


class Visitor(NamedTuple):
    """One browser's visit: how it arrives, and its batches as bodies without a token."""

    agent: Agent
    address: str
    referrer: str
    purposes: list[str]
    batches: list[dict[str, Any]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """All its events in order."""
        return [event for batch in self.batches for event in batch["e"]]

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with every request."""
        return {
            "origin": "https://example.com",
            "content-type": "text/plain",
            "user-agent": self.agent.text,
            "x-forwarded-for": f"192.0.2.1, {self.address}",
        }


def visitors(count: int, events: int, seed: int) -> list[Visitor]:
    """`count` visits with `events` events among them, at least one pageview each."""
    chance = random.Random(seed)
    shares = [events // count + (n < events % count) for n in range(count)]
    for _ in range(count):  # a few read much, most read little
        give, take = chance.sample(range(count), 2)
        moved = chance.randint(0, shares[give] - 1)
        shares[give], shares[take] = shares[give] - moved, shares[take] + moved
    return [_visitor(chance, share) for share in shares]


def _visitor(chance: random.Random, share: int) -> Visitor:
    referrer = chance.choice(list(REFERRERS))
    visit, events, batches = random16(), _events(chance, share, referrer), []
    start = 0
    while start < len(events):
        size = chance.randint(1, 8)
        batches.append({"v": visit, "n": random16(), "i": start, "e": events[start : start + size]})
        start += size
    purposes = ["measure", "returning"] if chance.random() < 0.6 else ["measure"]
    return Visitor(chance.choice(AGENTS), chance.choice(ADDRESSES), referrer, purposes, batches)


def _events(chance: random.Random, share: int, referrer: str) -> list[dict[str, Any]]:
    page = chance.choice(PAGES)
    found: list[dict[str, Any]] = [{"k": "pageview", "p": page, "r": referrer, "a": 0}]
    while len(found) < share:
        kind = chance.choices(("pageview", "click", "leave", "event"), (5, 3, 2, 1))[0]
        if kind == "pageview":
            page = chance.choice(PAGES)
            found.append({"k": kind, "p": page, "r": "https://example.com/", "a": 0})
        elif kind == "click":
            found.append(
                {"k": kind, "p": page, "x": chance.choice(["/next", "Order", "/files/menu.pdf"]), "y": "button", "a": 0}
            )
        elif kind == "leave":
            found.append({"k": kind, "p": page, "d": chance.randint(1, 90), "s": chance.randint(0, 100), "a": 0})
        else:
            found.append({"k": kind, "p": page, "x": "signup", "m": {"plan": "pro"}, "a": 0})
    return found


def body(token: str, batch: dict[str, Any]) -> bytes:
    """A batch as it goes over the wire."""
    return msgspec.json.encode({"t": token, **batch})
