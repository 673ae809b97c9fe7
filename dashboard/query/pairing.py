"""Which bucket of a compared period stands beside which bucket of the period itself."""

from bisect import bisect_right
from collections import Counter
from datetime import datetime, time

from dashboard.query.period import Buckets

_Spot = tuple[int, time, int]
"""Local days since the first, the wall clock, and whether it is the first (0) or second time it shows this."""


def paired(unit: str, current: Buckets, before: Buckets) -> list[str]:
    """For each bucket of the compared period the label it is counted under; `beyond <n>` where there is none.

    Days, weeks and months are paired in order. Hours and minutes are paired by the local day, counted from the first,
    and the wall clock, so that a change of the clock shifts nothing: an hour that comes twice is paired with its like
    where both days have it, else both of them with the one that is there; an hour that the period lacks is counted
    under the hour before it that day, or the day's first. So nothing is lost from the sum of a day.
    """
    if unit not in ("hour", "minute"):
        spare = [f"beyond {number}" for number in range(len(before.labels))]
        return (current.labels + spare)[: len(before.labels)]
    days: dict[int, list[tuple[_Spot, str]]] = {}
    for spot, label in sorted(zip(_spots(current.labels), current.labels, strict=True)):
        days.setdefault(spot[0], []).append((spot, label))
    return [
        _nearest(spot, days[spot[0]]) if spot[0] in days else f"beyond {number}"
        for number, spot in enumerate(_spots(before.labels))
    ]


def _nearest(spot: _Spot, day: list[tuple[_Spot, str]]) -> str:
    """Of the buckets of a day, in order, the label at this place, else at the last before it, else the first."""
    return day[max(0, bisect_right(day, spot, key=lambda one: one[0]) - 1)][1]


def covered(unit: str, current: Buckets, before: Buckets) -> set[str]:
    """The labels of the buckets whose number before is known: nought, where nothing is counted under them."""
    if unit not in ("hour", "minute"):
        return set(current.labels[: len(before.labels)])
    days = {spot[0] for spot in _spots(before.labels)}
    return {label for label, spot in zip(current.labels, _spots(current.labels), strict=True) if spot[0] in days}


def _spots(labels: list[str]) -> list[_Spot]:
    seen: Counter[datetime] = Counter()
    spots: list[_Spot] = []
    for label in labels:
        clock = datetime.fromisoformat(label).replace(tzinfo=None)
        first = datetime.fromisoformat(labels[0]).date()
        spots.append(((clock.date() - first).days, clock.time(), seen[clock]))
        seen[clock] += 1
    return spots
