"""Comparisons in plain Python: which days are compared, and which time bucket stands beside which.

A row is compared with the row of its name. A bucket of days, weeks or months is compared with the one at its place. An
hour or a minute is compared with the same wall clock of the local day at its place; where that day lacks the clock time
the row is shown under, its numbers are added to those of the last one before it, or the first.

What nobody did compares as nothing (0, or none of a mean). What may be withheld, or lies beyond the compared days, is
not known: none.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.query.oracle_visit import local_range

Bounds = tuple[str, str]


def days_before(first: str, last: str, how: str, zone: ZoneInfo) -> Bounds:
    """The range to compare with: as many local days before, or the same days of the year before."""
    if how == "year":
        return _year_before(first), _year_before(last)
    count = (_local_day(last, zone) - _local_day(first, zone)).days + 1
    return _moved(first, count), _moved(last, count)


def _local_day(text: str, zone: ZoneInfo) -> date:
    end = datetime.fromisoformat(text)
    return (end.astimezone(zone) if end.tzinfo else end).date()


def _moved(text: str, days: int) -> str:
    kind = datetime if "T" in text else date
    return (kind.fromisoformat(text) - timedelta(days=days)).isoformat()


def _year_before(text: str) -> str:
    year, rest = int(text[:4]) - 1, text[4:]
    return f"{year:04}" + (rest if not rest.startswith("-02-29") else "-02-28" + rest[6:])


def is_empty(bounds: Bounds, zone: ZoneInfo) -> bool:
    """Whether a change of the clock lets a range end before it starts."""
    start, end = local_range(*bounds, zone)
    return start > end


Spot = tuple[int, time, int]


def _spots(labels: list[str]) -> list[Spot]:
    """The number of the local day, the wall clock, and how often the clock showed that before."""
    clocks = [datetime.fromisoformat(label).replace(tzinfo=None) for label in labels]
    seen: Counter[datetime] = Counter()
    spots = []
    for clock in clocks:
        spots.append(((clock.date() - clocks[0].date()).days, clock.time(), seen[clock]))
        seen[clock] += 1
    return spots


def beside(unit: str, labels: list[str], before: list[str]) -> tuple[dict[str, str], set[str]]:
    """The label each compared bucket is counted under (none: nowhere), and the labels that are compared at all."""
    if unit not in ("hour", "minute"):
        return dict(zip(before, labels, strict=False)), set(labels[: len(before)])
    spots = dict(zip(_spots(labels), labels, strict=True))
    under = {}
    for spot, label in zip(_spots(before), before, strict=True):
        day = sorted(each for each in spots if each[0] == spot[0])
        earlier = [each for each in day if each <= spot]
        if day:
            under[label] = spots[earlier[-1] if earlier else day[0]]
    days = {spot[0] for spot in _spots(before)}
    return under, {label for spot, label in spots.items() if spot[0] in days}


def numbers_of(
    dims: tuple[str, ...], groups: dict[tuple[str, ...], list[Any]], nothing: list[Any], hidden: bool, held: bool
) -> list[Any]:
    """The compared numbers of one row. `hidden`: whether rows were withheld; `held`: whether numbers were, too."""
    if dims not in groups:
        return [None for _ in nothing] if hidden else nothing
    unsure = [empty if hidden and held else object() for empty in nothing]
    return [None if number == empty else number for number, empty in zip(groups[dims], unsure, strict=True)]
