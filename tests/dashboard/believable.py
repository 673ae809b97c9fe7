"""Visits that look like a small shop's month, the same each time: for tests of the pages and for looking at them."""

# ruff: noqa: E501
import json
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

SITE = "example.com"
SUBJECTS = 900
PLACES = (
    ("DE", "Berlin", 18), ("DE", "Hamburg", 9), ("DE", "Munich", 7), ("US", "New York", 9), ("US", "Austin", 4),
    ("FR", "Paris", 10), ("FR", "Lyon", 2), ("GB", "London", 9), ("NL", "Utrecht", 4), ("JP", "Osaka", 3),
    ("AT", "Vienna", 4), ("CH", "Zurich", 3), ("ES", "Madrid", 3), ("PL", "Gdansk", 2), ("SE", "Umea", 1), (None, None, 4),
)  # fmt: skip
SOURCES = (
    ("Google", "Search", 30), (None, "Direct", 26), ("Bing", "Search", 5), ("DuckDuckGo", "Search", 5),
    ("Mastodon", "Social", 6), ("Reddit", "Social", 5), ("ChatGPT", "AI", 5), ("Perplexity", "AI", 2),
    ("news.example", "Referral", 4), ("blog.example", "Referral", 3), ("Newsletter", "Email", 6), ("YouTube", "Video", 3),
)  # fmt: skip
DEVICES = (
    ("Chrome", 141, "Windows", "desktop", 26), ("Chrome", 141, "Android", "mobile", 22), ("Firefox", 144, "Linux", "desktop", 9),
    ("Safari", 19, "iOS", "mobile", 22), ("Safari", 19, "macOS", "desktop", 10), ("Edge", 141, "Windows", "desktop", 7),
    ("Samsung Internet", 28, "Android", "mobile", 3), ("Safari", 19, "iPadOS", "tablet", 2),
)  # fmt: skip
ENTRIES = (("/", 44), ("/blog/ask-first", 18), ("/pricing", 12), ("/docs/install", 10), ("/blog/cookieless-is-not-enough", 9),
           ("/customers", 5), ("/docs/proxy", 4))  # fmt: skip
NEXT: dict[str, tuple[tuple[str, int], ...]] = {
    "/": (("/pricing", 28), ("/docs/install", 14), ("/customers", 12), ("/blog/ask-first", 9), ("", 37)),
    "/blog/ask-first": (("/", 18), ("/pricing", 11), ("/blog/cookieless-is-not-enough", 14), ("", 57)),
    "/blog/cookieless-is-not-enough": (("/blog/ask-first", 20), ("/pricing", 6), ("", 74)),
    "/pricing": (("/signup", 34), ("/docs/install", 12), ("/", 10), ("/customers", 8), ("", 36)),
    "/docs/install": (("/docs/proxy", 26), ("/docs/api", 18), ("/pricing", 9), ("", 47)),
    "/docs/proxy": (("/docs/install", 20), ("/docs/api", 20), ("", 60)),
    "/docs/api": (("/docs/install", 12), ("/pricing", 5), ("", 83)),
    "/customers": (("/pricing", 38), ("/", 12), ("", 50)),
    "/signup": (("/docs/install", 42), ("", 58)),
}
CLICKS = (("start-free-trial", "button", 30), ("pricing-in-header", "button", 22), ("github.com/example/shop", "outbound", 12),
          ("social.example/@shop", "outbound", 5), ("/files/brochure.pdf", "download", 7), ("newsletter", "form", 8),
          ("/docs/install", "link", 9))  # fmt: skip


def lines(visits: int, until: datetime, days: int = 62, seed: int = 7) -> Iterator[bytes]:
    """The rows of so many visits in the days before `until` (naive UTC), as NDJSON in no particular order."""
    dice = random.Random(seed)
    for number in range(visits):
        yield from _visit(dice, number, _moment(dice, until, days))


def _moment(dice: random.Random, until: datetime, days: int) -> datetime:
    while True:
        moment = until - timedelta(seconds=dice.randrange(days * 86_400))
        busy = (0.5 if moment.weekday() > 4 else 1.0) * (0.2 if not 6 <= moment.hour <= 22 else 1.0)
        age = (until - moment).days / days
        if dice.random() < busy * (1 - age * 0.4):
            return moment


def _pick(dice: random.Random, table: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    return dice.choices(table, [row[-1] for row in table])[0]


def _visit(dice: random.Random, number: int, moment: datetime) -> Iterator[bytes]:
    subject = dice.randrange(SUBJECTS)
    country, city, _ = _pick(random.Random(subject), PLACES)
    browser, major, system, device, _ = _pick(random.Random(subject + 5000), DEVICES)
    source, channel, _ = _pick(dice, SOURCES)
    common = {
        "site": SITE, "host": "www.example.com" if dice.random() < 0.2 else SITE, "visit": number + 1,
        "visitor": subject if subject % 100 < 62 else None, "subject": str(uuid.UUID(int=subject)), "notice": "a" * 64,
        "country": country, "city": city, "browser": browser, "browser_major": major, "os": system, "device": device,
    }  # fmt: skip
    path, nth = _pick(dice, ENTRIES)[0], 0
    campaign = "autumn-letter" if channel == "Email" else None
    while path:
        first = {"source": source, "channel": channel, "utm_campaign": campaign} if nth == 0 else {"channel": "Direct"}
        yield _line(common, moment, nth, kind="pageview", path=path, **first)
        nth += 1
        if dice.random() < 0.22:
            target, kind, _ = _pick(dice, CLICKS)
            yield _line(
                common, moment + timedelta(seconds=9), nth, kind="click", path=path, target=target, target_kind=kind
            )
            nth += 1
        seconds = min(900, int(dice.expovariate(1 / 50)) + 4)
        moment += timedelta(seconds=seconds)
        yield _line(common, moment, nth, kind="leave", path=path, seconds=seconds, scroll=dice.randrange(10, 101, 10))
        nth += 1
        if path == "/signup" and dice.random() < 0.6:
            yield _line(common, moment, nth, kind="event", path=path, target="signup", props='{"plan":"pro"}')
            nth += 1
        path = _pick(dice, NEXT[path])[0]


def _line(common: dict[str, Any], moment: datetime, nth: int, **columns: Any) -> bytes:
    row = {**common, "occurred_at": f"{moment:%Y-%m-%d %H:%M:%S}", "nth": nth, **columns}
    return json.dumps(row).encode() + b"\n"
