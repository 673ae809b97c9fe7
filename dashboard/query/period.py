"""Ranges and buckets of local time, worked out with the IANA database and bound as UTC instants.

Nothing is left to the store's session time zone or to a second copy of the time-zone rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from dashboard.query.bad_query import BadQuery, quoted

MAX_BUCKETS = 12_000  # more than a week of minutes or a year of hours; beyond that no chart can show them
_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-2]\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_EPOCH = datetime.fromisoformat("1970-01-01")
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`: naive UTC, as the column `occurred_at`."""

    start: datetime
    end: datetime


_MOST_BY_QUARTER = timedelta(days=400)


@dataclass(frozen=True)
class Buckets:
    """The buckets of a period in order: where each begins (naive UTC) and its ISO 8601 label with offset."""

    edges: list[datetime]
    labels: list[str]

    @property
    def by_quarter(self) -> bool:
        """Whether a table of the quarters of an hour can tell a bucket: all begin on one, and they are few."""
        whole = all(not (edge.minute % 15 or edge.second) for edge in self.edges)
        return (
            whole
            and bool(self.edges)
            and self.edges[0] >= _EPOCH
            and self.edges[-1] - self.edges[0] <= _MOST_BY_QUARTER
        )


@dataclass(frozen=True)
class LocalRange:
    """`from` and `to` as asked: local days, or local times of the site's clock.

    A day means all of it. A time means its own second: events are stored in whole seconds, so `to` includes the one
    it names. A time without an offset is on the site's clock, one with an offset is that instant.
    """

    first: date | datetime
    last: date | datetime

    @property
    def whole_days(self) -> bool:
        """Whether both ends are days without a time."""
        return not isinstance(self.first, datetime) and not isinstance(self.last, datetime)

    def period(self, zone: ZoneInfo) -> Period:
        """The instants of the range on that clock; BadQuery if it ends before it starts."""
        start = _instant(self.first, zone)
        if isinstance(self.last, datetime):
            end = _instant(self.last, zone) + _SECOND
        else:
            end = _instant(self.last + _DAY, zone)
        if start > end:
            raise BadQuery("from", "Give a `from` that is not after `to`.")
        return Period(start, end)

    def before(self, zone: ZoneInfo) -> "LocalRange":
        """The same number of local days before."""
        days = (_local_day(self.last, zone) - _local_day(self.first, zone)).days + 1
        return LocalRange(self.first - timedelta(days=days), self.last - timedelta(days=days))

    def year_before(self) -> "LocalRange":
        """The same days a year before; 29 February becomes the 28th."""
        return LocalRange(_year_before(self.first), _year_before(self.last))


def parse_range(first: str, last: str) -> LocalRange:
    """`from` and `to` of a request: `2026-10-01`, or with a time `2026-10-01T14:30[:00][+02:00]`."""
    parsed = LocalRange(_parse("from", first), _parse("to", last))
    days = [end.date() if isinstance(end, datetime) else end for end in (parsed.first, parsed.last)]
    naive = not any(isinstance(end, datetime) and end.tzinfo for end in (parsed.first, parsed.last))
    if naive and (days[0] > days[1] or (days[0] == days[1] and _clock(parsed.first) > _clock(parsed.last, time.max))):
        raise BadQuery("from", "Give a `from` that is not after `to`.")
    return parsed


def load_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Reads a file the first time: call it off the event loop."""
    return ZoneInfo(name)


def _parse(field: str, text: str) -> date | datetime:
    parsed: date | datetime
    try:
        if not (_DATE.fullmatch(text) or _TIME.fullmatch(text)):
            raise ValueError
        parsed = date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(
            field, f"{quoted(text)} is none: give a date like 2026-10-01, or a time like 2026-10-01T14:30."
        ) from None
    day = parsed.date() if isinstance(parsed, datetime) else parsed
    if not _FIRST <= day <= _LAST:
        raise BadQuery(field, f"{quoted(text)} is too far: give a date from {_FIRST} to {_LAST}.")
    return parsed


def _clock(end: date | datetime, otherwise: time = time.min) -> time:
    return end.time() if isinstance(end, datetime) else otherwise


def _local_day(end: date | datetime, zone: ZoneInfo) -> date:
    if not isinstance(end, datetime):
        return end
    return end.astimezone(zone).date() if end.tzinfo else end.date()


def _year_before(end: date | datetime) -> date | datetime:
    try:
        return end.replace(year=end.year - 1)
    except ValueError:
        return end.replace(year=end.year - 1, day=28)


def _instant(end: date | datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local day's start or of a local time, as naive UTC.

    Where the clock skips midnight, the day starts at the skip; where an hour comes twice, its first one counts.
    """
    if not isinstance(end, datetime):
        end = datetime.combine(end, time.min)
    aware = end if end.tzinfo else end.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(tzinfo=None)


def buckets(unit: str, period: Period, zone: ZoneInfo) -> Buckets:
    """The buckets of local time that a period touches; BadQuery if there are more than MAX_BUCKETS.

    A week starts on Monday. An hour or a minute is one of the wall clock under one offset: the hour that comes twice
    in autumn is two buckets. A range of nothing but a day that the zone skipped touches none.
    """
    walk = _walk_clock if unit in ("minute", "hour") else _walk_days
    edges: list[datetime] = []
    labels: list[str] = []
    for edge, label in walk(unit, period, zone):
        if len(edges) == MAX_BUCKETS:
            raise BadQuery(
                "dimensions", f"The range has more than {MAX_BUCKETS} buckets of time:{unit}; ask for fewer.", "range"
            )
        edges.append(edge)
        labels.append(label)
    return Buckets(edges, labels)


def _walk_days(unit: str, period: Period, zone: ZoneInfo) -> Iterator[tuple[datetime, str]]:
    day = _bucket_day(unit, _local(period.start, zone).date())
    edge = _instant(day, zone)
    while period.start < period.end and edge < period.end:
        following = _next_day(unit, day)
        after = _instant(following, zone)
        if edge < after and after > period.start:  # a day that the zone skipped has no instants
            yield edge, _local(edge, zone).isoformat()
        day, edge = following, after


def _bucket_day(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _next_day(unit: str, day: date) -> date:
    if unit == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def _walk_clock(unit: str, period: Period, zone: ZoneInfo) -> Iterator[tuple[datetime, str]]:
    length = timedelta(hours=1) if unit == "hour" else timedelta(minutes=1)
    edge = period.start
    while edge < period.end:
        local = _local(edge, zone)
        offset = local.utcoffset() or timedelta()
        passed = (local.replace(tzinfo=None) - _EPOCH) % length
        start = (local.replace(tzinfo=None) - passed).replace(tzinfo=timezone(offset))
        yield edge, start.isoformat()
        edge = _next_edge(edge, edge - passed + length, zone)


def _next_edge(edge: datetime, wanted: datetime, zone: ZoneInfo) -> datetime:
    """Where the bucket at `edge` ends: as wanted, or earlier where the offset changes."""
    changes = [change for change, _ in offsets(zone, edge, wanted) if edge < change < wanted]
    return changes[0] if changes else wanted


def offsets(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """The offsets to UTC between two instants (naive UTC): since when, how many seconds; the first since `start`."""
    found = [(start, _offset(start, zone))]
    for year in range(start.year, end.year + 1):
        found += [(change, seconds) for change, seconds in _changes(zone, year) if start < change < end]
    return found


@lru_cache(maxsize=1024)
def _changes(zone: ZoneInfo, year: int) -> tuple[tuple[datetime, int], ...]:
    """The instants of a UTC year at which the offset changes: no zone changes it twice within a day."""
    found = []
    day = datetime.combine(date(year, 1, 1), time.min) - _SECOND
    while day.year <= year:
        following = day + _DAY
        if _offset(day, zone) != _offset(following, zone):
            change = _bisect(day, following, zone)
            if change.year == year:
                found.append((change, _offset(change, zone)))
        day = following
    return tuple(found)


def _bisect(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    old = _offset(before, zone)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(zone)


def _offset(instant: datetime, zone: ZoneInfo) -> int:
    return int((_local(instant, zone).utcoffset() or timedelta()).total_seconds())
