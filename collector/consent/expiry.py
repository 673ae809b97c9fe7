"""When a stored row expires: the one reckoning that retention, a visitor's own page and the proof share."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def expires_on(occurred_at_utc: datetime, zone: str, months: int) -> date:
    """The local day with whose beginning a row expires: `months` after its own day in its site's time zone.

    `occurred_at_utc`: UTC, aware or as the store gives it. `zone`: an IANA name. `months`: of the row's own notice.
    A row is expired when this is today, or earlier, in that zone.
    """
    return months_after(local_day(occurred_at_utc, zone), months)


def local_day(moment_utc: datetime, zone: str) -> date:
    """The calendar day of a moment (UTC, aware or not) in a time zone."""
    return moment_utc.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last where it has no such day: never too late."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def expired_before(now_utc: datetime, zone: str, months: int) -> datetime:
    """The naive UTC instant before which rows are expired now: where `expires_on` says today or earlier, in bulk."""
    today = local_day(now_utc, zone)
    day = months_after(today, -months)
    while months_after(day, months) <= today:  # several days end on the last of a short month
        day += timedelta(days=1)
    return begins(day, zone)


def begins(day: date, zone: str) -> datetime:
    """When a local day begins, as naive UTC."""
    # Where midnight is skipped the clock before it counts (PEP 495), which is the very instant of the change.
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
