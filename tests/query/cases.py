"""Event sets and queries for the oracle: drawn small and crowded, so that edges meet."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tests.query.oracle_visit import KINDS, Event

SITE = "example.com"
OTHER_SITE = "elsewhere.example"

# Zones with the last local day of the range that a query asks for: a change of the clock lies in each.
ZONES = {
    "Europe/Berlin": date(2026, 10, 26),  # an hour twice
    "America/New_York": date(2026, 3, 9),  # an hour never
    "Asia/Kathmandu": date(2026, 3, 1),  # +05:45
    "Australia/Lord_Howe": date(2026, 4, 6),  # half an hour twice
    "America/Santiago": date(2026, 9, 7),  # a day that starts at one
    "America/Havana": date(2026, 11, 2),  # midnight twice
    "Pacific/Apia": date(2011, 12, 31),  # a day that never was
}

PATHS = ["/", "/blog/", "/blog/a", "/blog/b", "/Blog/a", "/kontakt/ä*", "/a[b]?", "/pricing", "/a\\*"]
TARGETS = [None, "", "Sign up", "shop.example/x", "/file.pdf", "*"]
TEXTS = [None, "", "Google", "news.example", "Ünï☃", "a.b+c"]
CITIES = [None, "Berlin", "Paris", "Łódź", "Springfield"]
METRICS = [
    "visits", "visitors", "views_per_visit", "bounce_rate", "visit_duration", "conversions", "conversion_rate",
    "pageviews", "clicks", "events", "time_on_page", "scroll_depth", "value",
]  # fmt: skip
VISIT_DIMENSIONS = [
    "source", "channel", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ad", "country", "city",
    "browser", "browser_version", "os", "device", "host", "entry_page", "exit_page", "returning", "notice",
    "hour_of_week",
]  # fmt: skip
TIMES = ["time:minute", "time:hour", "time:day", "time:week", "time:month"]
CLICK_DIMENSIONS = ["click", "outbound", "download", "form"]
EVENT_DIMENSIONS = ["event", "prop:plan", "prop:a~/ $.\"'", "currency"]
OF_CLICKS = {"clicks", *METRICS[:7]}
OF_EVENTS = {"events", "value", *METRICS[:7]}


def visit_rows(draw: st.DrawFn, site: str, visit: int, around: datetime) -> list[Event]:
    """One visit: some rows in order, their times mostly growing, its place and device mostly the same."""
    person = draw(st.integers(1, 7))
    # One event in a minute, an hour or days from the next: visits over midnight and over the edges of the range.
    at = around + timedelta(minutes=draw(st.integers(-4 * 1440, 2 * 1440)), seconds=draw(st.sampled_from([0, 1, 59])))
    about: dict[str, Any] = {
        "subject": UUID(int=person),
        "visitor": person if draw(st.booleans()) else None,
        "country": draw(st.sampled_from(["DE", "FR", None])),
        "city": draw(st.sampled_from(CITIES)),
        "browser": draw(st.sampled_from(["Firefox", "Chrome", None])),
        "browser_major": draw(st.sampled_from([131, 9, None])),
        "os": draw(st.sampled_from(["Linux", None])),
        "device": draw(st.sampled_from(["desktop", "mobile"])),
        "host": draw(st.sampled_from(["example.com", "www.example.com"])),
        "notice": draw(st.sampled_from(["n1", "n2"])),
    }
    rows: dict[Any, Event] = {}
    for nth in range(draw(st.integers(1, 6))):
        at += timedelta(seconds=draw(st.sampled_from([0, 0, -1, 20, 600, 1700, 40000])))
        row = _row(draw, site, visit, nth if draw(st.integers(0, 4)) else 0, at, about)
        rows[row.order] = row  # no two rows of a visit are the same in all that orders them
    return list(rows.values())


def _row(draw: st.DrawFn, site: str, visit: int, nth: int, at: datetime, about: dict[str, Any]) -> Event:
    kind = draw(st.sampled_from([*KINDS, "pageview", "pageview"]))
    path = draw(st.sampled_from(PATHS))
    more: dict[str, Any] = {}
    if kind == "pageview":
        names = ("source", "channel", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ad")
        more = {name: draw(st.sampled_from(TEXTS)) for name in names}
        more = {name: text or None if name in ("source", "channel") else text for name, text in more.items()}
    elif kind == "click":
        more["target"] = draw(st.sampled_from(TARGETS))
        more["target_kind"] = draw(st.sampled_from(["link", "outbound", "download", "button", "form"]))
    elif kind == "leave":
        more["seconds"] = draw(st.sampled_from([None, 0, 7, 3600]))
        more["scroll"] = draw(st.sampled_from([None, 0, 33, 100]))
    else:
        more["target"] = draw(st.sampled_from(["signup", "order", "a*b"]))
        props = draw(st.dictionaries(st.sampled_from(["plan", "a~/ $.\"'"]), st.sampled_from(["pro", "", "Ä"])))
        more["props"] = draw(st.sampled_from([json.dumps(props), json.dumps(props) if props else None]))
        more["value"] = draw(st.sampled_from([None, Decimal("9.9900"), Decimal("-3.5"), Decimal("0")]))
        more["currency"] = draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", None]))
    return Event(site, visit, nth, kind, at, path=path, **about, **more)


@st.composite
def event_sets(draw: st.DrawFn, zone: str, least: int = 0) -> list[Event]:
    """The rows of `least` to twelve visits of the site and two of another with the same visit ids, in any order."""
    around = datetime.combine(ZONES[zone], datetime.min.time())
    rows = []
    for visit in range(draw(st.integers(least, 12))):
        rows += visit_rows(draw, SITE, visit, around)
    for visit in range(2):
        rows += visit_rows(draw, OTHER_SITE, visit, around)
    return draw(st.permutations(rows))


@st.composite
def ranges(draw: st.DrawFn, zone: str) -> tuple[str, str]:
    """A range of local days, or now and then of times, near the change of the clock."""
    last = ZONES[zone] - timedelta(days=draw(st.integers(0, 3)))
    first = last - timedelta(days=draw(st.integers(0, 3)))
    if draw(st.integers(0, 5)):
        return first.isoformat(), last.isoformat()
    clock = draw(st.sampled_from([("T00:00", "T23:59:59"), ("T01:30:20", "T02:15"), ("T10:00Z", "T14:00Z")]))
    return first.isoformat() + clock[0], last.isoformat() + clock[1]


def _glob(text: str) -> str:
    return text[:2] + "*" if text else "*"


@st.composite
def filters(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """One filter on any dimension, with values that occur, that nearly occur and that do not."""
    names = [*VISIT_DIMENSIONS, "city", "page", "page", *CLICK_DIMENSIONS, *EVENT_DIMENSIONS]
    name = draw(st.sampled_from(names))
    pool = {
        "page": PATHS, "entry_page": PATHS, "exit_page": PATHS, "country": ["DE", "FR", ""],
        "city": ["Berlin", "Paris", "", "elsewhere in DE", "Łódź"], "browser": ["Firefox", ""], "device": ["mobile"],
        "browser_version": ["Firefox 131", "9", ""], "returning": ["new", "returning", "unknown"], "notice": ["n1"],
        "host": ["www.example.com"], "hour_of_week": ["144", "167", "0", "20"], "currency": ["EUR", ""],
        "event": ["signup", "a*b"], "prop:plan": ["pro", ""],
    }.get(name, [*(text or "" for text in TEXTS + TARGETS), "Direct"])  # fmt: skip
    operator = draw(st.sampled_from(["is", "is_not", "contains", "contains_not", "matches"]))
    values = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3))
    if operator == "matches":
        values = [draw(st.sampled_from([value, _glob(value), "?" + value[1:], "*" + value[1:]])) for value in values]
    return operator, name, values


def filters_on_city() -> st.SearchStrategy[tuple[str, str, list[str]]]:
    """Filters on the city that keep some visits."""
    values = st.lists(st.sampled_from(CITIES[1:]), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(["is", "is_not", "contains_not"]), st.just("city"), values)


STEPS = st.sampled_from(
    [
        {"page": "/blog/*"},
        {"page": "/"},
        {"click": "Sign up"},
        {"event": "*"},
        [{"page": "/pricing"}, {"click": "*"}],
        {"page": "/kontakt/ä\\*"},
        {"event": "a\\*b"},
        {"page": "/a\\\\\\*"},
    ]
)


@st.composite
def queries(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    """Any query that the engine must answer."""
    family = draw(st.sampled_from(["visit", "visit", "page", "click", "event"]))
    names = draw(st.lists(st.sampled_from([*VISIT_DIMENSIONS, "city", "city"]), max_size=2, unique=True))
    metrics = set(METRICS)
    if family == "click":
        names.append(draw(st.sampled_from(CLICK_DIMENSIONS)))
        metrics &= OF_CLICKS
    if family == "event":
        names += draw(st.lists(st.sampled_from(EVENT_DIMENSIONS), min_size=1, max_size=2, unique=True))
        metrics &= OF_EVENTS
    if family == "page" or (family != "visit" and draw(st.booleans())):
        names.append("page")
    if draw(st.integers(0, 2)) == 0:
        names.append(draw(st.sampled_from(TIMES)))
    names = draw(st.permutations(names[-4:]))
    chosen = draw(st.lists(st.sampled_from(sorted(metrics)), min_size=1, max_size=5, unique=True))
    first, last = draw(ranges(zone))
    query: dict[str, Any] = {"site": SITE, "from": first, "to": last, "metrics": chosen, "dimensions": names}
    query["filters"] = draw(st.lists(st.one_of(filters(), filters(), filters_on_city()), max_size=2))
    query["limit"], query["offset"] = draw(st.sampled_from([(10_000, 0), (10_000, 0), (3, 0), (2, 2), (0, 0)]))
    if draw(st.booleans()):
        every = st.tuples(st.sampled_from(chosen + names), st.sampled_from(["asc", "desc"]))
        query["order"] = draw(st.lists(every, max_size=3))
    if any(name.startswith("conversion") for name in chosen):
        query["goal"] = draw(STEPS)
    return query
