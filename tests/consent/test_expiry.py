"""Rows expire by whole days of their site's own calendar, never later than their notice says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from collector.consent.expiry import begins, expired_before, expires_on, local_day

CASES = {
    "the same day of a later month": ("2026-03-10T12:00:00", "UTC", 25, "2028-04-10"),
    "over the end of a year": ("2026-12-31T12:00:00", "UTC", 1, "2027-01-31"),
    "a year and no more": ("2026-11-22T00:00:00", "UTC", 12, "2027-11-22"),
    "clamped to a short month": ("2026-01-31T12:00:00", "UTC", 1, "2026-02-28"),
    "clamped to a leap day": ("2027-12-31T12:00:00", "UTC", 2, "2028-02-29"),
    "from a leap day to a year without": ("2028-02-29T12:00:00", "UTC", 12, "2029-02-28"),
    "from a leap day to a leap day": ("2028-02-29T12:00:00", "UTC", 48, "2032-02-29"),
    "the first second of a local day, east": ("2026-03-09T23:00:00", "Europe/Berlin", 1, "2026-04-10"),
    "the last second of the local day before": ("2026-03-09T22:59:59", "Europe/Berlin", 1, "2026-04-09"),
    "west: still yesterday": ("2026-03-10T03:59:59", "America/New_York", 1, "2026-04-09"),
    "west: today": ("2026-03-10T04:00:00", "America/New_York", 1, "2026-04-10"),
    "summer time began at two that night": ("2026-03-28T23:30:00", "Europe/Berlin", 6, "2026-09-29"),
    "the last second of the 23 hours": ("2026-03-29T21:59:59", "Europe/Berlin", 6, "2026-09-29"),
    "the day after them": ("2026-03-29T22:00:00", "Europe/Berlin", 6, "2026-09-30"),
    "the hour that came twice, first": ("2026-10-25T00:30:00", "Europe/Berlin", 6, "2027-04-25"),
    "the hour that came twice, again": ("2026-10-25T01:30:00", "Europe/Berlin", 6, "2027-04-25"),
    "the last second of the 25 hours": ("2026-10-25T22:59:59", "Europe/Berlin", 6, "2027-04-25"),
    "a zone whose summer time begins at midnight": ("2026-09-06T04:30:00", "America/Santiago", 1, "2026-10-06"),
    "half an hour off": ("2026-03-09T18:30:00", "Asia/Kolkata", 1, "2026-04-10"),
    "furthest east": ("2026-03-09T10:00:00", "Pacific/Kiritimati", 1, "2026-04-10"),
    "furthest west": ("2026-03-10T10:59:59", "Pacific/Pago_Pago", 1, "2026-04-09"),
}


@pytest.mark.parametrize(("at", "zone", "months", "expected"), CASES.values(), ids=CASES)
def test_a_row_expires(at: str, zone: str, months: int, expected: str) -> None:
    naive = datetime.fromisoformat(at)
    assert expires_on(naive, zone, months) == date.fromisoformat(expected)
    assert expires_on(naive.replace(tzinfo=UTC), zone, months) == date.fromisoformat(expected)


def test_a_later_day_never_expires_earlier() -> None:
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    days = [noon + timedelta(days=number) for number in range(800)]
    for months in (1, 2, 12, 25):
        expiries = [expires_on(day, "UTC", months) for day in days]
        assert expiries == sorted(expiries)


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("months", [1, 6, 12, 25])
def test_in_bulk_the_same_rows_are_expired(zone: str, months: int) -> None:
    """Every six hours and a half of five years, against what is told of each row alone."""
    for number in range(0, 6700, 7):
        now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=6.5 * number)
        before, today = expired_before(now, zone, months), local_day(now, zone)
        assert expires_on(before - timedelta(seconds=1), zone, months) <= today < expires_on(before, zone, months)


@pytest.mark.parametrize(
    ("day", "zone", "begun"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00"),
        ("2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00"),
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00:00"),  # it has no midnight
        ("2026-04-05", "America/Santiago", "2026-04-05T04:00:00"),  # the hour before it came twice
        ("2026-11-01", "America/Havana", "2026-11-01T04:00:00"),  # its first hour comes twice
    ],
)
def test_when_a_local_day_begins(day: str, zone: str, begun: str) -> None:
    assert begins(date.fromisoformat(day), zone) == datetime.fromisoformat(begun)


def test_the_local_day_of_now() -> None:
    assert local_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Paris") == date(2027, 1, 1)
