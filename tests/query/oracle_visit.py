"""Events, visits and local time in plain Python, for the oracle: no SQL, nothing of the engine."""

import fnmatch
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
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

    @property
    def order(self) -> tuple[Any, ...]:
        """nth, then time, then kind, then path, then target (none before any)."""
        target = (self.target is not None, self.target or "")
        return (self.nth, self.occurred_at, KINDS.index(self.kind), self.path.encode(), target)


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


@lru_cache(maxsize=10_000)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first second of a local day, found by looking at every half minute near it."""
    near = datetime.combine(day, time.min) - timedelta(hours=15)
    for number in range(30 * 120 + 1):
        instant = near + timedelta(seconds=30 * number)
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
    if start < end:  # a range of nothing but a day that never was touches none
        labels.setdefault(bucket(end - timedelta(seconds=1), unit, zone))
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
    quoted, at = "", 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and pattern[at + 1 : at + 2] in ("*", "?", "\\"):
            at += 1
            letter = f"[{pattern[at]}]"
        quoted += "[[]" if letter == "[" else letter
        at += 1
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
