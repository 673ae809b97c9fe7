"""How busy the demo site's days and hours are."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from collector.demo.arrivals import push_slots, pushed
from collector.demo.slots import joined, slots

DAYS = 365
# Monday to Sunday.
_WEEKDAYS = (1.1, 1.06, 1.05, 1.08, 0.98, 0.82, 0.96)
_WORK_HOURS = (9, 5, 3, 2, 2, 4, 12, 26, 42, 52, 58, 60, 66, 58, 52, 50, 52, 58, 66, 78, 86, 80, 54, 24)
_FREE_HOURS = (16, 10, 6, 4, 3, 3, 6, 14, 30, 50, 64, 68, 64, 60, 62, 66, 68, 66, 66, 72, 78, 74, 52, 30)


class Day(NamedTuple):
    """One day: its visits are numbered from `first`."""

    day: date
    first: int
    visits: int
    pushes: list[int]


def days(visits: int, until: date) -> list[Day]:
    """The year before `until`, day by day, with so many visits in all. Fewer on some, none on a few, if need be."""
    weights = [_weight(number, until - timedelta(days=DAYS - number)) for number in range(DAYS)]
    total, reached, first = sum(weights), 0.0, 0
    found = []
    for number, weight in enumerate(weights):
        reached += weight
        upto = round(visits * reached / total)
        found.append(Day(until - timedelta(days=DAYS - number), first, upto - first, push_slots(number)))
        first = upto
    return found


def parameters(some: Sequence[Day]) -> dict[str, Any]:
    """These days, and the hours of working days and of Saturdays and Sundays, as sql/events.sql binds them."""
    return {
        "days": [day.day for day in some],
        "firsts": [day.first for day in some],
        "counts": [day.visits for day in some],
        "pushes": joined(arrival for day in some for arrival in day.pushes),
        "hours": joined(slots(_WORK_HOURS) + slots(_FREE_HOURS)),
    }


def portions(year: Iterable[Day], most: int) -> Iterator[list[Day]]:
    """The days in order, together as long as they have no more than so many visits."""
    some: list[Day] = []
    for day in year:
        if some and sum(each.visits for each in some) + day.visits > most:
            yield some
            some = []
        some.append(day)
    yield some


def _weight(number: int, day: date) -> float:
    """Growth over the year, early summer and December, the weekday, a little weather, and what pushes bring on top."""
    growth = 0.75 + 0.5 * number / DAYS
    season = 1 + 0.16 * math.cos((day.timetuple().tm_yday - 160) / 365 * 2 * math.pi)
    gifts = 0.35 * math.exp(-(((day.timetuple().tm_yday - 342) / 9) ** 2))
    weather = 1 + 0.06 * math.sin(number * 2.3) + 0.05 * math.sin(number * 0.71)
    return (growth * season + gifts) * _WEEKDAYS[day.weekday()] * weather / (1 - min(0.8, sum(pushed(number))))
