"""Local time: buckets and ranges where the clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.query.bad_query import BadQuery
from dashboard.query.period import MAX_BUCKETS, buckets, offsets, parse_range

LABELS = [
    (
        "an hour that comes twice is two",
        ("Europe/Berlin", "2026-10-25T01:00", "2026-10-25T03:59:59", "hour"),
        ["2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00",
         "2026-10-25T03:00:00+01:00"],
    ),
    (
        "an hour that never comes is none",
        ("Europe/Berlin", "2026-03-29T01:00", "2026-03-29T03:59:59", "hour"),
        ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"],
    ),
    (
        "half an hour that comes twice",
        ("Australia/Lord_Howe", "2026-04-05T01:00", "2026-04-05T02:59:59", "hour"),
        ["2026-04-05T01:00:00+11:00", "2026-04-05T01:00:00+10:30", "2026-04-05T02:00:00+10:30"],
    ),
    (
        "hours of a zone off by 45 minutes",
        ("Asia/Kathmandu", "2026-03-01", "2026-03-01T01:30", "hour"),
        ["2026-03-01T00:00:00+05:45", "2026-03-01T01:00:00+05:45"],
    ),
    (
        "days of 25 hours",
        ("Europe/Berlin", "2026-10-25", "2026-10-26", "day"),
        ["2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"],
    ),
    (
        "a day that starts at one",
        ("America/Santiago", "2026-09-05", "2026-09-07", "day"),
        ["2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"],
    ),
    (
        "a day that never was",
        ("Pacific/Apia", "2011-12-29", "2011-12-31", "day"),
        ["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"],
    ),
    ("the month of nothing but a day that never was", ("Pacific/Apia", "2011-12-30", "2011-12-30", "month"), []),
    (
        "a week starts on the Monday before",
        ("Europe/Berlin", "2026-10-22", "2026-10-26", "week"),
        ["2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00"],
    ),
    (
        "a month starts on the first before",
        ("UTC", "2026-01-31", "2026-02-01", "month"),
        ["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"],
    ),
    (
        "minutes, the first cut",
        ("Asia/Kolkata", "2026-01-01T10:00:30", "2026-01-01T10:02:00", "minute"),
        ["2026-01-01T10:00:00+05:30", "2026-01-01T10:01:00+05:30", "2026-01-01T10:02:00+05:30"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "labels"), [case[1:] for case in LABELS], ids=[case[0] for case in LABELS])
def test_buckets(asked: tuple[str, str, str, str], labels: list[str]) -> None:
    name, first, last, unit = asked
    zone = ZoneInfo(name)
    found = buckets(unit, parse_range(first, last).period(zone), zone)
    assert found.labels == labels
    assert found.edges == sorted(set(found.edges))


def test_too_many_buckets_are_refused() -> None:
    zone = ZoneInfo("UTC")
    week = parse_range("2026-01-01", "2026-01-07").period(zone)
    assert len(buckets("minute", week, zone).edges) == 7 * 1440 < MAX_BUCKETS
    with pytest.raises(BadQuery, match="dimensions"):
        buckets("minute", parse_range("1970-01-01", "2999-12-31").period(zone), zone)


RANGES = [
    ("days", ("2026-10-25", "2026-10-25"), "2026-10-24T22:00", "2026-10-25T23:00"),
    ("times to the second", ("2026-10-01T10:00", "2026-10-01T10:00"), "2026-10-01T08:00", "2026-10-01T08:00:01"),
    ("the first of two", ("2026-10-25T02:30", "2026-10-25T03:00"), "2026-10-25T00:30", "2026-10-25T02:00:01"),
    ("an offset", ("2026-10-01T10:00Z", "2026-10-01T13:00+02:00"), "2026-10-01T10:00", "2026-10-01T11:00:01"),
]


@pytest.mark.parametrize(("ends", "start", "end"), [case[1:] for case in RANGES], ids=[case[0] for case in RANGES])
def test_ranges(ends: tuple[str, str], start: str, end: str) -> None:
    period = parse_range(*ends).period(ZoneInfo("Europe/Berlin"))
    assert (period.start, period.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


COMPARED = [
    ("a month", "previous", ("2026-10-01", "2026-10-31"), ("2026-08-31", "2026-09-30")),
    ("a day", "previous", ("2026-03-01", "2026-03-01"), ("2026-02-28", "2026-02-28")),
    ("times", "previous", ("2026-10-05T10:00", "2026-10-05T12:00"), ("2026-10-04T10:00", "2026-10-04T12:00")),
    ("a year", "year", ("2026-10-01", "2026-10-31"), ("2025-10-01", "2025-10-31")),
    ("a leap day", "year", ("2028-02-29", "2028-02-29"), ("2027-02-28", "2027-02-28")),
]


@pytest.mark.parametrize(("how", "ends", "before"), [case[1:] for case in COMPARED], ids=[case[0] for case in COMPARED])
def test_comparisons(how: str, ends: tuple[str, str], before: tuple[str, str]) -> None:
    asked, zone = parse_range(*ends), ZoneInfo("Europe/Berlin")
    assert (asked.before(zone) if how == "previous" else asked.year_before()) == parse_range(*before)


def test_offsets_name_every_change() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    start, end = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-01-01")
    found = offsets(zone, start, end)
    assert [change.isoformat() for change, _ in found] == [
        "2026-01-01T00:00:00",
        "2026-04-04T15:00:00",
        "2026-10-03T15:30:00",
    ]
    assert [timedelta(seconds=seconds) for _, seconds in found] == [
        timedelta(hours=11),
        timedelta(hours=10, minutes=30),
        timedelta(hours=11),
    ]


def test_a_range_between_offsets_may_turn_out_to_end_early() -> None:
    with pytest.raises(BadQuery, match="from"):
        parse_range("2026-10-01T10:00Z", "2026-10-01T10:00+02:00").period(ZoneInfo("UTC"))
