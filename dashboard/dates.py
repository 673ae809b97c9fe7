"""Days and moments as the language spoken now writes them (CLDR, by Babel); the clock has 24 hours in all of them."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_interval, format_skeleton, get_day_names

from dashboard.language import language, locale

_KEPT: Final = 8192
"""Written days that are kept: a line over a year has 366, and Babel takes some 20 µs for each."""


def full_day(day: date) -> str:
    """`5 Oct 2026`."""
    return _written("yMMMd", day)


def short_day(day: date) -> str:
    """`5 Oct`."""
    return _written("MMMd", day)


def named_day(day: date) -> str:
    """`Mon 5 Oct`."""
    return _written("MMMEd", day)


def month(day: date) -> str:
    """`October 2026`."""
    return _written("yMMMM", day)


def short_month(day: date) -> str:
    """`Oct 2026`."""
    return _written("yMMM", day)


def clock(at: datetime) -> str:
    """`14:05`."""
    return f"{at:%H:%M}"


def moment(at: datetime) -> str:
    """`5 Oct 2026, 14:05`, on the clock that `at` is on."""
    return f"{full_day(at)}, {clock(at)}"


def named_moment(at: datetime) -> str:
    """`Mon 5 Oct, 14:05`, on the clock that `at` is on."""
    return f"{named_day(at)}, {clock(at)}"


def days(start: date, end: date) -> str:
    """`1 – 31 Oct 2026`, as short as it stays clear."""
    if start == end:
        return full_day(start)
    between: str = format_interval(start, end, "yMMMd", locale=locale())
    return re.sub(r"\s*–\s*", " – ", between)


def weekdays() -> list[str]:
    """The short names of the days of the week, from Monday."""
    names = get_day_names("abbreviated", "format", locale())
    return [names[number] for number in range(7)]


def _written(skeleton: str, day: date) -> str:
    # A datetime counts as its day: one entry for all moments of it.
    return _kept(language(), skeleton, day.toordinal())


@lru_cache(_KEPT)
def _kept(code: str, skeleton: str, ordinal: int) -> str:
    text: str = format_skeleton(skeleton, date.fromordinal(ordinal), locale=locale(code))
    return text
