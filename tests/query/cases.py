"""Event sets and queries for the oracle: drawn small and crowded, so that edges meet."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.query.oracle_visit import KINDS, Event, day_start

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
    "Pacific/Kiritimati": date(2026, 3, 1),  # +14:00, and a month that begins
    "Pacific/Pago_Pago": date(2026, 6, 1),  # -11:00, likewise
    "Africa/Monrovia": date(1972, 1, 8),  # -00:44:30 until then: days that begin on no quarter of an hour
}
# Their subjects: some differ in none of the bits that are looked at first when they are counted against k.
PEOPLE = [1, 2, 3, 4, 5, 65, 129, 2**31 + 7]

PATHS = ["/", "/blog/", "/blog/a", "/blog/b", "/Blog/a", "/kontakt/ä*", "/a[b]?", "/pricing", "/a\\*"]
TARGETS = [None, "", "Sign up", "shop.example/x", "/file.pdf", "*"]
PROPS = [
    None,
    "{}",
    *(json.dumps({"plan": a, "a~/ $.\"'": b}) for a, b in (("pro", "Ä"), ("", "pro"))),
    '{"plan":"pro"}',
]
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


@lru_cache
def turning_points(zone: str) -> list[datetime]:
    """Where local days begin and the clock changes near the range (UTC): what may fall on the wrong side of an edge."""
    clock, last = ZoneInfo(zone), ZONES[zone]
    points = [day_start(last + timedelta(days=day), clock) for day in range(-4, 2)]
    steps = (points[0] + timedelta(minutes=15 * number) for number in range(5 * 96))
    offsets = [(step, step.replace(tzinfo=UTC).astimezone(clock).utcoffset()) for step in steps]
    return points + [after for (_, old), (after, new) in itertools.pairwise(offsets) if old != new]


def _begin(draw: st.DrawFn, zone: str) -> datetime:
    """When a visit begins: at an edge, anywhere near, or far from what is asked about."""
    around = datetime.combine(ZONES[zone], time())
    near = draw(st.sampled_from(["edge", "edge", "edge", "any", "any", "any", "any", "far"]))
    if near == "edge":
        seconds = draw(st.sampled_from([-40_000, -61, -1, 0, 0, 1, 59, 1800]))
        return draw(st.sampled_from(turning_points(zone))) + timedelta(seconds=seconds)
    away = 0 if near == "any" else draw(st.sampled_from([-365, -365, -366, -40, -9, 20]))
    minutes = timedelta(minutes=draw(st.integers(-3 * 1440, 1440)), seconds=draw(st.sampled_from([0, 1, 59])))
    return around + timedelta(days=away) + minutes


def _about(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "country": draw(st.sampled_from(["DE", "FR", None])),
        "city": draw(st.sampled_from(CITIES)),
        "browser": draw(st.sampled_from(["Firefox", "Chrome", None])),
        "browser_major": draw(st.sampled_from([131, 9, None])),
        "os": draw(st.sampled_from(["Linux", None])),
        "device": draw(st.sampled_from(["desktop", "mobile"])),
        "host": draw(st.sampled_from(["example.com", "www.example.com"])),
        "notice": draw(st.sampled_from(["n1", "n2"])),
    }


def _arrival(draw: st.DrawFn) -> dict[str, Any]:
    names = ("source", "channel", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ad")
    more = {name: draw(st.sampled_from(TEXTS)) for name in names}
    return {name: text or None if name in ("source", "channel") else text for name, text in more.items()}


def visit_rows(draw: st.DrawFn, site: str, visit: int, zone: str) -> list[Event]:
    """One visit: some rows in order, their times mostly growing, its place and device mostly the same."""
    person = draw(st.sampled_from(PEOPLE))
    # One event in a minute, an hour or days from the next: visits over midnight and over the whole range.
    at = _begin(draw, zone)
    drawn = _Drawn(
        abouts=[_about(draw) for _ in range(draw(st.sampled_from([1, 1, 2])))],
        arrivals=[_arrival(draw) for _ in range(draw(st.sampled_from([1, 2])))],
        paths=[draw(st.sampled_from(PATHS)) for _ in range(draw(st.integers(1, 3)))],
        kinds=["leave"] if draw(st.integers(0, 9)) == 9 else [*KINDS, "pageview", "pageview"],
    )
    every: list[list[int | None]] = [[None], [person], [person], [person, None]]
    visitors = draw(st.sampled_from(every))
    rows: dict[Any, Event] = {}
    for nth in range(draw(st.integers(1, 6))):
        at += timedelta(seconds=draw(st.sampled_from([0, 0, -1, 20, 600, 1700, 40_000, 130_000, 300_000])))
        more = _row(draw, drawn) | {"subject": UUID(int=person), "visitor": draw(st.sampled_from(visitors))}
        row = Event(site, visit, nth if draw(st.integers(0, 4)) else 0, occurred_at=at, **more)
        rows[row.order] = row  # no two rows of a visit are the same in all that orders them
    return list(rows.values())


@dataclass(frozen=True)
class _Drawn:
    """What the rows of a visit choose from."""

    abouts: list[dict[str, Any]]
    arrivals: list[dict[str, Any]]
    paths: list[str]
    kinds: list[str]


def _row(draw: st.DrawFn, drawn: _Drawn) -> dict[str, Any]:
    kind = draw(st.sampled_from(drawn.kinds))
    more: dict[str, Any] = {"kind": kind, "path": draw(st.sampled_from(drawn.paths))}
    more |= draw(st.sampled_from(drawn.abouts))
    if kind == "pageview":
        more |= draw(st.sampled_from(drawn.arrivals))
    elif kind == "click":
        more["target"] = draw(st.sampled_from(TARGETS))
        more["target_kind"] = draw(st.sampled_from(["link", "outbound", "download", "button", "form"]))
    elif kind == "leave":
        more["seconds"] = draw(st.sampled_from([None, 0, 7, 3600]))
        more["scroll"] = draw(st.sampled_from([None, 0, 33, 100]))
    else:
        more["target"] = draw(st.sampled_from(["signup", "order", "a*b"]))
        more["props"] = draw(st.sampled_from(PROPS))
        more["value"] = draw(st.sampled_from([None, Decimal("9.9900"), Decimal("-3.5"), Decimal("0")]))
        more["currency"] = draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", None]))
    return more


@st.composite
def event_sets(draw: st.DrawFn, zone: str, least: int = 0) -> list[Event]:
    """The rows of `least` to twelve visits of the site and two of another with the same visit ids, in any order."""
    rows = []
    for visit in range(max(least, draw(st.sampled_from([12, 9, 6, 12, 9, 6, 12, 9, 1, 0])))):
        rows += visit_rows(draw, SITE, visit, zone)
    for visit in range(2):
        rows += visit_rows(draw, OTHER_SITE, visit, zone)
    return draw(st.permutations(rows))


@dataclass(frozen=True)
class Life:
    """How a store came to hold what it holds."""

    loads: list[tuple[list[Event], int]]
    """The events of each load, and how many visits were settled after it."""
    erased: UUID | None = None
    """A subject that was erased after the last load."""

    @property
    def left(self) -> list[Event]:
        """What is stored in the end."""
        return [event for events, _ in self.loads for event in events if event.subject != self.erased]


@st.composite
def lives(draw: st.DrawFn, events: list[Event]) -> Life:
    """The events in some loads, between which none, some or all visits are settled.

    Most visits come whole, so that settled ones and others lie side by side; of some the events come in several loads,
    the earlier ones before or after the later.
    """
    count = draw(st.integers(1, 3))
    visits = sorted({(event.site, event.visit) for event in events})
    whole = {visit: draw(st.sampled_from([*range(count), None])) for visit in visits}
    loads: list[list[Event]] = [[] for _ in range(count)]
    for event in events:
        load = whole[event.site, event.visit]
        loads[draw(st.integers(0, count - 1)) if load is None else load].append(event)
    settled = [draw(st.sampled_from([0, 2, 100])) for _ in loads]
    erased = UUID(int=draw(st.sampled_from(PEOPLE))) if draw(st.integers(0, 4)) == 4 else None
    return Life(list(zip(loads, settled, strict=True)), erased)


@st.composite
def ranges(draw: st.DrawFn, zone: str, events: Sequence[Event] = ()) -> tuple[str, str]:
    """A range of local days, or now and then of times, near the change of the clock; or from one event to another."""
    if events and draw(st.integers(0, 3)) == 3:
        ends = [draw(st.sampled_from(events)).occurred_at for _ in range(2)]
        first, last = sorted(end + timedelta(seconds=draw(st.sampled_from([-1, 0, 1]))) for end in ends)
        if last - first < timedelta(days=100):
            return f"{first.isoformat()}Z", f"{last.isoformat()}Z"
    day = ZONES[zone] - timedelta(days=draw(st.integers(0, 3)))
    before = day - timedelta(days=draw(st.sampled_from([0, 0, 1, 2, 3, 40])))
    if draw(st.integers(0, 5)):
        return before.isoformat(), day.isoformat()
    clock = draw(st.sampled_from([("T00:00", "T23:59:59"), ("T01:30:20", "T02:15"), ("T10:00Z", "T14:00Z")]))
    return before.isoformat() + clock[0], day.isoformat() + clock[1]


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
        "host": ["www.example.com", "example.com"], "hour_of_week": ["144", "167", "0", "20"], "currency": ["EUR", ""],
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
def comparisons(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    """What a query is compared with; mostly of few days and dimensions, so that there is something of the same name."""
    change: dict[str, Any] = {"compare": draw(st.sampled_from(["previous", "previous", "year"]))}
    if draw(st.integers(0, 3)):
        last = ZONES[zone] - timedelta(days=draw(st.integers(0, 1)))
        first = last - timedelta(days=draw(st.sampled_from([0, 1, 1])))
        change |= {"from": first.isoformat(), "to": last.isoformat(), "filters": []}
    return change


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days


@st.composite
def queries(draw: st.DrawFn, zone: str, events: Sequence[Event] = ()) -> dict[str, Any]:
    """Any query that the engine must answer."""
    family = draw(st.sampled_from(["visit", "visit", "page", "click", "event"]))
    names = draw(
        st.lists(
            st.sampled_from([*VISIT_DIMENSIONS, "city", "city", "returning", "returning"]), max_size=2, unique=True
        )
    )
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
    compared = draw(comparisons(zone)) if draw(st.booleans()) else {}
    if "filters" in compared:
        names = names[:1]
    chosen = draw(st.lists(st.sampled_from(sorted(metrics)), min_size=1, max_size=5, unique=True))
    minutes = "time:minute" in names
    first, last = draw(ranges(zone, events).filter(lambda ends: not minutes or _days(*ends) <= 2))
    query: dict[str, Any] = {"site": SITE, "from": first, "to": last, "metrics": chosen, "dimensions": names}
    one = st.one_of(filters(), filters(), filters_on_city())
    query["filters"] = [draw(one) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2])))]
    query |= compared
    query["limit"], query["offset"] = draw(st.sampled_from([(10_000, 0)] * 5 + [(3, 0), (2, 2), (0, 0)]))
    if draw(st.booleans()):
        every = st.tuples(st.sampled_from(chosen + names), st.sampled_from(["asc", "desc"]))
        query["order"] = draw(st.lists(every, max_size=3))
    if any(name.startswith("conversion") for name in chosen):
        query["goal"] = draw(STEPS)
    return query
