"""The whole state of a page is in its address."""

from datetime import date

import pytest
from starlette.datastructures import QueryParams

from dashboard.pages.periods import PERIODS, resolutions, trend_bucket
from dashboard.pages.refused import PageRefused
from dashboard.pages.view import View, read_view

TODAY = date(2026, 3, 30)
NAMES = ("metric", "pages", "include")


def view(query: str, page: str = "") -> View:
    return read_view("example.com", page, QueryParams(query), NAMES, TODAY)


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("", "2026-03-01", "2026-03-30"),
        ("period=today", "2026-03-30", "2026-03-30"),
        ("period=yesterday", "2026-03-29", "2026-03-29"),
        ("period=7d", "2026-03-24", "2026-03-30"),
        ("period=month", "2026-03-01", "2026-03-30"),
        ("period=last-month", "2026-02-01", "2026-02-28"),
        ("period=year", "2026-01-01", "2026-03-30"),
        ("from=2025-12-30&to=2026-01-02", "2025-12-30", "2026-01-02"),
        ("period=7d&from=2025-12-30&to=2026-01-02", "2025-12-30", "2026-01-02"),
    ],
)
def test_ranges(query: str, start: str, end: str) -> None:
    shown = view(query)
    assert (shown.start.isoformat(), shown.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("period=forever", "menu"),
        ("from=2026-01-01", "to"),
        ("from=tomorrow&to=2026-01-01", "from"),
        ("from=2026-02-01&to=2026-01-01", "before it begins"),
        ("from=0001-01-01&to=2026-01-01", "from"),
        ("compare=luck", "previous"),
        ("f=nothing", "is:country:DE"),
        ("&".join(f"f=is:page:/{n}" for n in range(17)), "16"),
    ],
)
def test_what_cannot_be_shown_says_why(query: str, says: str) -> None:
    with pytest.raises(PageRefused, match=says):
        view(query)


def test_links_keep_the_state_but_for_what_they_change() -> None:
    shown = view("period=7d&metric=visitors&f=is:country:DE&unknown=1")
    assert shown.url() == "/sites/example.com?period=7d&metric=visitors&f=is:country:DE"
    assert shown.url(metric=None) == "/sites/example.com?period=7d&f=is:country:DE"
    assert shown.url(pages="exit") == "/sites/example.com?period=7d&metric=visitors&pages=exit&f=is:country:DE"
    assert shown.url("journeys") == "/sites/example.com/journeys?period=7d&f=is:country:DE"
    assert shown.toggle_url("is", ("country", "DE")) == "/sites/example.com?period=7d&metric=visitors"
    assert shown.has("country", "DE") and not shown.has("country", "FR")
    assert shown.without_url(shown.filters[0]) == "/sites/example.com?period=7d&metric=visitors"
    assert shown.hidden("period") == [("metric", "visitors"), ("f", "is:country:DE")]


def test_boxes_ticked_together_stay_together() -> None:
    assert view("include=page&include=click").state["include"] == "page,click"


@pytest.mark.parametrize("value", ["/a?b=c&d=e#f", "100 %", "a,b:c", 'say "hi"', "ü 漢", "javascript:alert(1)", ""])
def test_an_address_survives_any_value(value: str) -> None:
    url = view("").toggle_url("is", ("page", value))
    assert url.startswith("/sites/example.com?f=")
    assert view(url.partition("?")[2]).filters[0].values == (value,)


@pytest.mark.parametrize(
    ("compare", "start", "end", "words"),
    [
        ("previous", "2026-03-01", "2026-03-30", "30 Jan – 28 Feb 2026"),
        ("year", "2024-02-29", "2024-02-29", "28 Feb 2023"),
        ("none", "2026-03-01", "2026-03-30", ""),
    ],
)
def test_the_range_compared_with(compare: str, start: str, end: str, words: str) -> None:
    assert view(f"compare={compare}&from={start}&to={end}").compared_days == words


def test_every_period_ends_today_or_before_and_has_a_name() -> None:
    from dashboard.texts import has

    for name, days in PERIODS.items():
        start, end = days(date(2024, 2, 29))
        assert start <= end <= date(2024, 2, 29)
        assert has(f"period_{name}")


@pytest.mark.parametrize(
    ("days", "bucket"), [(1, "time:hour"), (2, "time:hour"), (3, "time:day"), (120, "time:day"), (121, "time:week")]
)
def test_the_line_has_a_readable_number_of_points(days: int, bucket: str) -> None:
    assert trend_bucket(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + days - 1)) == bucket


@pytest.mark.parametrize("days", [1, 2, 3, 14, 31, 45, 120, 121, 800, 3650, 36_000])
def test_the_line_may_be_drawn_by_what_its_range_allows(days: int) -> None:
    start, end = date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + days - 1)
    allowed = resolutions(start, end)
    assert trend_bucket(start, end).removeprefix("time:") in allowed
    assert ("minute" in allowed) == (days == 1)
    assert ("month" in allowed) == (days >= 45)
