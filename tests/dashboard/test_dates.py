"""Days and moments, as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from dashboard.dates import days, full_day, moment, month, named_day, named_moment, short_day, short_month, weekdays
from dashboard.language import speaking

OCTOBER = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), "1 Oct 2026"),
        (date(2026, 10, 1), date(2026, 10, 31), "1 – 31 Oct 2026"),
        (date(2026, 6, 30), date(2026, 10, 31), "30 Jun – 31 Oct 2026"),
        (date(2025, 10, 1), date(2026, 10, 31), "1 Oct 2025 – 31 Oct 2026"),
    ],
)
def test_ranges(start: date, end: date, words: str) -> None:
    with speaking("en"):
        assert days(start, end) == words


def test_a_day_and_its_parts() -> None:
    with speaking("en"):
        assert [written(OCTOBER) for written in (full_day, short_day, named_day, month, short_month)] == [
            *("5 Oct 2026", "5 Oct", "Mon 5 Oct"),
            *("October 2026", "Oct 2026"),
        ]
        assert weekdays()[0] == "Mon"


def test_moments_are_told_by_the_clock_they_are_on() -> None:
    at = datetime(2026, 10, 5, 14, 5, 9, tzinfo=UTC)
    with speaking("en"):
        assert (moment(at), named_moment(at)) == ("5 Oct 2026, 14:05", "Mon 5 Oct, 14:05")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("de", ["5. Okt. 2026", "5. Okt.", "Mo., 5. Okt.", "Oktober 2026", "Okt. 2026", "5. – 9. Okt. 2026", "Mo."]),
        ("fr", ["5 oct. 2026", "5 oct.", "lun. 5 oct.", "octobre 2026", "oct. 2026", "5 – 9 oct. 2026", "lun."]),
    ],
)
def test_each_language_writes_days_its_own_way(code: str, written: list[str]) -> None:
    with speaking(code):
        ways = [way(OCTOBER) for way in (full_day, short_day, named_day, month, short_month)]
        assert [*ways, days(OCTOBER, date(2026, 10, 9)), weekdays()[0]] == written
