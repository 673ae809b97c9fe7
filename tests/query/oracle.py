"""The reports in plain Python, written from the meaning of each number alone: no SQL, nothing of the engine.

Slow and plain on purpose: a reader should be able to check each function against the sentence it stands for.
"""

import fnmatch
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

Query = dict[str, Any]
KINDS = ("pageview", "click", "event", "leave")


@dataclass(frozen=True)
class Event:
    """One row of the table `event`."""

    site: str
    visit: int
    nth: int
    kind: str
    occurred_at: datetime
    subject: UUID
    visitor: int | None = None
    host: str = "example.com"
    notice: str = "n1"
    path: str = "/"
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
    country: str | None = None
    city: str | None = None
    browser: str | None = None
    browser_major: int | None = None
    os: str | None = None
    device: str | None = None
    props: str | None = None
    value: Decimal | None = None
    currency: str | None = None

    def row(self) -> list[Any]:
        """Its values in the order of COLUMNS."""
        return [getattr(self, name) for name in COLUMNS]

    @property
    def order(self) -> tuple[Any, ...]:
        """nth, then time, then kind, then path, then target (none before any)."""
        target = (self.target is not None, self.target or "")
        return (self.nth, self.occurred_at, KINDS.index(self.kind), self.path.encode(), target)


COLUMNS = tuple(field.name for field in fields(Event))
FIRST_VIEW = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ad")
FIRST_EVENT = ("country", "city", "browser", "os", "device", "host", "notice")
EVENT_DIMENSIONS = ("page", "click", "outbound", "download", "form", "event", "currency")


class Visit:
    """The rows that share a site and a visit id, in their order."""

    def __init__(self, rows: Iterable[Event]) -> None:
        self.rows = sorted(rows, key=lambda row: row.order)
        self.counted = [row for row in self.rows if row.kind != "leave"]
        self.views = [row for row in self.rows if row.kind == "pageview"]
        self.began = self.counted[0].occurred_at if self.counted else None
        visitors = [row.visitor for row in self.rows if row.visitor is not None]
        self.visitor = max(visitors) if visitors else None
        self.subject = self.rows[0].subject
        self.returning = "unknown"

    @property
    def bounced(self) -> bool:
        return len(self.views) == 1 and len(self.counted) == 1

    @property
    def duration(self) -> float:
        return max(0.0, (self.rows[-1].occurred_at - self.rows[0].occurred_at).total_seconds())

    def value(self, name: str, zone: ZoneInfo) -> str:
        """What the visit is in one of its dimensions; '' for nothing."""
        first, view = self.rows[0], self.views[0] if self.views else None
        if name in ("source", "channel"):
            return (getattr(view, name) if view else None) or "Direct"
        if name in FIRST_VIEW:
            return (getattr(view, name) if view else None) or ""
        if name in FIRST_EVENT:
            return getattr(first, name) or ""
        if name == "browser_version":
            return " ".join(str(part) for part in (first.browser, first.browser_major) if part is not None)
        if name in ("entry_page", "exit_page"):
            return (self.views[0] if name == "entry_page" else self.views[-1]).path if self.views else ""
        if name == "hour_of_week":
            return hour_of_week(self.began, zone) if self.began else ""
        assert name == "returning"
        return self.returning


def hour_of_week(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.replace(tzinfo=UTC).astimezone(zone)
    return str(local.weekday() * 24 + local.hour)


def bucket(instant: datetime, unit: str, zone: ZoneInfo) -> str:
    """The label of the bucket of local time that holds an instant."""
    local = instant.replace(tzinfo=UTC).astimezone(zone)
    if unit in ("minute", "hour"):
        wall = local.replace(second=0, microsecond=0, tzinfo=timezone(local.utcoffset() or timedelta()))
        return wall.isoformat() if unit == "minute" else wall.replace(minute=0).isoformat()
    day = local.date()
    if unit == "week":
        day -= timedelta(days=day.weekday())
    if unit == "month":
        day = day.replace(day=1)
    return day_start(day, zone).replace(tzinfo=UTC).astimezone(zone).isoformat()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first second of a local day, found by looking at every quarter of an hour near it."""
    near = datetime.combine(day, time.min) - timedelta(hours=15)
    for quarter in range(30 * 4 + 1):
        instant = near + timedelta(minutes=15 * quarter)
        if instant.replace(tzinfo=UTC).astimezone(zone).date() >= day:
            return instant
    raise AssertionError(day)


def all_buckets(unit: str, start: datetime, end: datetime, zone: ZoneInfo) -> list[str]:
    """Every bucket that the range touches, in order of time."""
    step = timedelta(minutes=1) if unit == "minute" else timedelta(minutes=15)
    labels: dict[str, None] = {}
    instant = start
    while instant < end:
        labels.setdefault(bucket(instant, unit, zone))
        instant += step
    return list(labels)


def event_value(row: Event, name: str) -> str | None:
    """What an event is in one of the dimensions of events; None if it is not of that kind."""
    if name == "page":
        return row.path if row.kind == "pageview" else None
    if name in ("click", "outbound", "download", "form"):
        fits = row.kind == "click" and (name == "click" or row.target_kind == name)
        return (row.target or "") if fits else None
    if row.kind != "event":
        return None
    if name == "event":
        return row.target or ""
    if name == "currency":
        return row.currency or ""
    props: dict[str, str] = json.loads(row.props) if row.props else {}
    return props.get(name.removeprefix("prop:"), "")


def is_event_dimension(name: str) -> bool:
    return name in EVENT_DIMENSIONS or name.startswith("prop:")


def row_value(row: Event, name: str) -> str | None:
    """As event_value; beside a dimension of another kind, and for any kind of row, a page is where it happened."""
    return row.path if name == "page" else event_value(row, name)


def glob(pattern: str, text: str) -> bool:
    quoted = "".join("[[]" if letter == "[" else letter for letter in pattern)
    return re.match(fnmatch.translate(quoted), text) is not None


def matches(operator: str, values: list[str], text: str) -> bool:
    """Whether the text matches, before an operator turns it round."""
    match: dict[str, Callable[[str], bool]] = {
        "is": lambda value: text == value,
        "contains": lambda value: value in text,
        "matches": lambda value: glob(value, text),
    }
    return any(match[operator.removesuffix("_not")](value) for value in values)


def is_step(row: Event, step: Any) -> bool:
    steps = step if isinstance(step, list) else [step]
    for each in steps:
        ((kind, pattern),) = each.items()
        if kind == "page" and row.kind == "pageview" and glob(pattern, row.path):
            return True
        if kind == row.kind and glob(pattern, row.target or ""):
            return True
    return False


class Report:
    """One query over the rows of one site."""

    def __init__(self, events: Iterable[Event], query: Query, site: str, timezone: str, k: int, shared: bool) -> None:
        self.query, self.k, self.shared = query, k, shared
        self.zone = ZoneInfo(timezone)
        self.start, self.end = local_range(query["from"], query["to"], self.zone)
        self.visits = visits_of(events, site)
        self.filters = [tuple(each) for each in query.get("filters", [])]
        self.kept = self._kept()

    def _in(self, instant: datetime | None) -> bool:
        return instant is not None and self.start <= instant < self.end

    def _kept(self) -> list[Visit]:
        touching = [visit for visit in self.visits if any(self._in(row.occurred_at) for row in visit.rows)]
        cities = [each for each in self.filters if each[1] == "city"]
        chosen = [visit for visit in touching if all(self._keeps(visit, f) for f in self.filters if f not in cities)]
        subjects: dict[str, set[UUID]] = defaultdict(set)
        for visit in chosen:
            subjects[visit.value("city", self.zone)].add(visit.subject)
        kept = []
        for visit in chosen:
            city = visit.value("city", self.zone)
            shown = elsewhere(visit) if city and len(subjects[city]) < self.k else city
            if all(matches(f[0], f[2], shown) != f[0].endswith("_not") for f in cities):
                kept.append(visit)
        return kept

    def _keeps(self, visit: Visit, each: Any) -> bool:
        operator, name, values = each
        if is_event_dimension(name):
            held = [event_value(row, name) for row in visit.rows]
            found = any(value is not None and matches(operator, values, value) for value in held)
        else:
            found = matches(operator, values, visit.value(name, self.zone))
        return found is not str(operator).endswith("_not")

    def _narrowed(self, row: Event) -> bool:
        """Whether the filters on dimensions of events leave this row in the count."""
        family = {"click": "click", "event": "event"}
        for operator, name, values in self.filters:
            if not is_event_dimension(name):
                continue
            negative = operator.endswith("_not")
            if name == "page":
                if matches(operator, values, row.path) == negative:
                    return False
            elif row.kind == family["event" if name in ("event", "currency") or ":" in name else "click"]:
                value = event_value(row, name)
                if (value is not None and matches(operator, values, value)) == negative:
                    return False
        return True

    # What is counted under which dims. A fact: (dims, visit, row or None for the visit itself).
    def _visit_facts(self, names: list[str]) -> set[tuple[tuple[str, ...], int]]:
        own = [name for name in names if is_event_dimension(name)]
        facts = set()
        for number, visit in enumerate(self.kept):
            if not self._in(visit.began):
                continue
            rows = self._dimension_rows(visit, own) if own else [None]
            for row in rows:
                facts.add((self._dims(visit, row, visit.began, names), number))
        return facts

    def _dimension_rows(self, visit: Visit, own: list[str]) -> list[Any]:
        decisive = [name for name in own if name != "page"] or ["page"]
        return [
            row
            for row in visit.rows
            if all(event_value(row, name) is not None for name in decisive) and self._narrowed(row)
        ]

    def _dims(self, visit: Visit, row: Event | None, instant: Any, names: list[str]) -> tuple[str, ...]:
        texts = []
        for name in names:
            if name.startswith("time:"):
                texts.append(bucket(instant, name[5:], self.zone))
            elif name == "hour_of_week":
                texts.append(hour_of_week(instant, self.zone))
            elif is_event_dimension(name):
                assert row is not None
                texts.append(str(row_value(row, name)))
            else:
                texts.append(visit.value(name, self.zone))
        return tuple(texts)

    def _row_facts(self, names: list[str], kinds: Callable[[Event], bool]) -> list[tuple[tuple[str, ...], int, Event]]:
        own = [name for name in names if is_event_dimension(name) and name != "page"]
        return [
            (self._dims(visit, row, row.occurred_at, names), number, row)
            for number, visit in enumerate(self.kept)
            for row in visit.rows
            if self._in(row.occurred_at)
            and kinds(row)
            and self._narrowed(row)
            and all(event_value(row, name) is not None for name in own)
        ]

    def groups(self, names: list[str]) -> tuple[dict[tuple[str, ...], list[Any]], dict[str, int]]:
        """The metrics of each group, and what was withheld."""
        metrics = self.query["metrics"]
        visits = self._visit_facts(names) if any(metric in VISIT_METRICS for metric in metrics) else set()
        rows = self._row_facts(names, lambda row: any(ROWS[m](row) for m in metrics if m in ROWS))
        visits, rows, withheld = self._fold(names, visits, rows)
        keys = {dims for dims, _ in visits} | {dims for dims, _, _ in rows}
        if names[:1] and names[0].startswith("time:") and len(names) == 1:
            keys |= {(label,) for label in all_buckets(names[0][5:], self.start, self.end, self.zone)}
        if not names:
            keys.add(())
        return {
            key: [
                self._metric(
                    metric, [self.kept[n] for dims, n in visits if dims == key], [f for f in rows if f[0] == key]
                )
                for metric in metrics
            ]
            for key in keys
        }, withheld

    def _fold(self, names: list[str], visits: Any, rows: Any) -> Any:
        texts = [name for name in names if not name.startswith("time:") and name != "hour_of_week"]
        if self.k <= 1 or not (texts if self.shared else "city" in names):
            return visits, rows, {"rows": 0, "visits": 0}
        small = self._small(visits, rows)
        if not self.shared:
            small = {dims for dims in small if dims[names.index("city")]}
        folded = {n for dims, n in visits if dims in small} | {n for dims, n, _ in rows if dims in small}

        def renamed(dims: tuple[str, ...], number: int) -> tuple[str, ...]:
            if dims not in small or "city" not in names or not dims[names.index("city")]:
                return dims
            return tuple(elsewhere(self.kept[number]) if n == "city" else t for n, t in zip(names, dims, strict=True))

        visits = {(renamed(dims, n), n) for dims, n in visits}
        rows = [(renamed(dims, n), n, row) for dims, n, row in rows]
        if self.shared:
            gone = self._small(visits, rows)
            visits = {fact for fact in visits if fact[0] not in gone}
            rows = [fact for fact in rows if fact[0] not in gone]
        return visits, rows, {"rows": len(small), "visits": len(folded)}

    def _small(self, visits: Any, rows: Any) -> set[tuple[str, ...]]:
        subjects: dict[tuple[str, ...], set[UUID]] = defaultdict(set)
        for dims, number, *_ in [*visits, *rows]:
            subjects[dims].add(self.kept[number].subject)
        return {dims for dims, people in subjects.items() if len(people) < self.k}

    def _metric(self, name: str, visits: list[Visit], facts: list[Any]) -> Any:
        if name in VISIT_METRICS:
            return self._visit_metric(name, visits)
        rows = [row for _, _, row in facts if ROWS[name](row)]
        views = sum(row.kind == "pageview" for row in rows)
        if name == "time_on_page":
            return sum(row.seconds or 0 for row in rows) / views if views else None
        if name == "scroll_depth":
            deepest: dict[Any, int] = {}
            for _, number, row in facts:
                if ROWS[name](row):
                    key = (number, row.path)
                    deepest[key] = max(deepest.get(key, 0), row.scroll)
            return sum(deepest.values()) / len(deepest) if deepest else None
        if name == "value":
            return float(sum(row.value for row in rows))
        return len(rows)

    def _visit_metric(self, name: str, visits: list[Visit]) -> Any:
        count = len(visits)
        if name == "visits":
            return count
        if name == "visitors":
            return len({visit.visitor for visit in visits if visit.visitor is not None})
        converted = (
            [visit for visit in visits if any(is_step(row, self.query.get("goal")) for row in visit.rows)]
            if name.startswith("conversion")
            else []
        )
        if name == "conversions":
            return len(converted)
        totals: dict[str, Callable[[], float]] = {
            "conversion_rate": lambda: len(converted),
            "views_per_visit": lambda: sum(len(visit.views) for visit in visits),
            "bounce_rate": lambda: sum(visit.bounced for visit in visits),
            "visit_duration": lambda: sum(visit.duration for visit in visits),
        }
        return totals[name]() / count if count else None

    def recognised(self) -> float | None:
        visits = [visit for visit in self.kept if self._in(visit.began)]
        return sum(visit.visitor is not None for visit in visits) / len(visits) if visits else None

    def currencies(self) -> set[str]:
        return {row.currency or "" for _, _, row in self._row_facts([], ROWS["value"])}


VISIT_METRICS = (
    "visits", "visitors", "views_per_visit", "bounce_rate", "visit_duration", "conversions", "conversion_rate",
)  # fmt: skip
ROWS: dict[str, Callable[[Event], bool]] = {
    "pageviews": lambda row: row.kind == "pageview",
    "clicks": lambda row: row.kind == "click",
    "events": lambda row: row.kind == "event",
    "time_on_page": lambda row: row.kind == "pageview" or (row.kind == "leave" and row.seconds is not None),
    "scroll_depth": lambda row: row.kind == "leave" and row.scroll is not None,
    "value": lambda row: row.kind == "event" and row.value is not None,
}


def elsewhere(visit: Visit) -> str:
    country = visit.rows[0].country
    return f"elsewhere in {country}" if country is not None else "elsewhere"


def visits_of(events: Iterable[Event], site: str) -> list[Visit]:
    """The visits of a site, each told whether its visitor had come before."""
    rows: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.site == site:
            rows[event.visit].append(event)
    visits = [Visit(each) for each in rows.values()]
    for visit in visits:
        if visit.visitor is not None:
            earlier = [
                other
                for other in visits
                if other.visitor == visit.visitor and other.began and visit.began and other.began < visit.began
            ]
            visit.returning = "returning" if earlier else "new"
    return visits


def local_range(first: str, last: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Inclusive local days, or times of the site's clock to the second, as UTC: from, and up to but not including."""
    if "T" in first:
        start = datetime.fromisoformat(first)
        start = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
    else:
        start = day_start(date.fromisoformat(first), zone)
    if "T" in last:
        end = datetime.fromisoformat(last)
        end = (end if end.tzinfo else end.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
        return start, end + timedelta(seconds=1)
    return start, day_start(date.fromisoformat(last) + timedelta(days=1), zone)


def ordered(groups: dict[tuple[str, ...], list[Any]], query: Query, labels: list[str]) -> list[tuple[Any, ...]]:
    """The rows as asked, ties by the text of the dimensions; nothing (None) last."""
    rows = sorted(groups.items(), key=lambda item: tuple(text.encode() for text in item[0]))
    names, metrics = query.get("dimensions", []), query["metrics"]
    order = list(query.get("order", []))
    if not order:
        order = [(name, "asc") for name in names if name.startswith("time:")] + [(metrics[0], "desc")]
    for name, direction in reversed(order):
        down = direction == "desc"
        if name in metrics:
            at = metrics.index(name)
            rows.sort(key=lambda item: (item[1][at] is None, (item[1][at] or 0) * (-1 if down else 1)))
        else:
            at = names.index(name)
            natural: Callable[[str], Any] = str
            if name.startswith("time:"):
                natural = labels.index
            elif name == "hour_of_week":
                natural = int
            rows.sort(key=lambda item: natural(item[0][at]), reverse=down)
    start = query.get("offset", 0)
    return rows[start : start + query.get("limit", 100)]


def answer(events: list[Event], query: Query, site: str, timezone: str, k: int, shared: bool = False) -> dict[str, Any]:
    """The answer but for what is known of the store alone; `{"refused": field}` where the data forbids one."""
    report = Report(events, query, site, timezone, k, shared)
    names = query.get("dimensions", [])
    if "value" in query["metrics"] and "currency" not in names and len(report.currencies()) > 1:
        return {"refused": "metrics"}
    groups, withheld = report.groups(names)
    total = report.groups([])[0][()]
    if "value" in query["metrics"] and len(report.currencies()) > 1:
        total[query["metrics"].index("value")] = None
    units = [name[5:] for name in names if name.startswith("time:")]
    labels = all_buckets(units[0], report.start, report.end, report.zone) if units else []
    return {
        "rows": [{"dims": list(dims), "metrics": numbers} for dims, numbers in ordered(groups, query, labels)],
        "totals": dict(zip(query["metrics"], total, strict=True)),
        "withheld": withheld,
        "recognised": report.recognised(),
    }
