"""The ranges of local days a page can show."""

from collections.abc import Callable
from datetime import date, timedelta

Days = tuple[date, date]
DEFAULT = "30d"
CUSTOM = "custom"
EARLIEST = date(2000, 1, 1)
LATEST = date(2200, 1, 1)


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _last_month(today: date) -> Days:
    end = _month_start(today) - timedelta(days=1)
    return _month_start(end), end


def _last(days: int) -> Callable[[date], Days]:
    return lambda today: (today - timedelta(days=days - 1), today)


# In the order of the menu; today counts in all but the finished ones.
PERIODS: dict[str, Callable[[date], Days]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "7d": _last(7),
    "30d": _last(30),
    "90d": _last(90),
    "month": lambda today: (_month_start(today), today),
    "last-month": _last_month,
    "year": lambda today: (today.replace(month=1, day=1), today),
    "12m": _last(365),
}


def trend_bucket(start: date, end: date) -> str:
    """The time dimension whose buckets draw a readable line over this range."""
    days = (end - start).days + 1
    for most, bucket in ((2, "time:hour"), (120, "time:day"), (730, "time:week")):
        if days <= most:
            return bucket
    return "time:month"


# Of each resolution the fewest and the most days that it divides into a line that can be read.
RESOLUTIONS = {"minute": (1, 1), "hour": (1, 31), "day": (2, 800), "week": (14, 3650), "month": (45, 73_200)}


def resolutions(start: date, end: date) -> list[str]:
    """The time units a line over this range may be drawn by, the finest first."""
    days = (end - start).days + 1
    return [name for name, (fewest, most) in RESOLUTIONS.items() if fewest <= days <= most]
