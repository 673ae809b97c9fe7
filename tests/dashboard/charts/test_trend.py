"""The line over time: where it lies, where it ends."""

import itertools
import re

import pytest

from dashboard.charts.trend import HEIGHT, TICKS, WIDE, Bucket, draw_trend
from dashboard.numbers import whole


def buckets(*values: float | None, partly: int = -1, before: float | None = None) -> list[Bucket]:
    return [Bucket(f"day {n}", str(n), value, before, n == partly) for n, value in enumerate(values)]


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def test_the_line_is_in_proportion() -> None:
    trend = draw_trend(buckets(0, 50, 100), whole)
    top = HEIGHT / trend.grid[-1][0] if trend.grid[-1][0] else 1
    assert points(trend.line) == [(0, HEIGHT), (WIDE / 2, HEIGHT / 2), (WIDE, 0)]
    assert top == 1 and [label for _, label in trend.grid] == ["0", "25", "50", "75", "100"]


def test_it_ends_where_the_future_begins_and_today_is_dotted() -> None:
    trend = draw_trend(buckets(4, 4, 2, None, None, partly=2), whole)
    assert len(points(trend.line)) == 2
    assert len(points(trend.rest)) == 2
    assert points(trend.rest)[-1][0] == WIDE / 2
    assert trend.area.startswith("M") and trend.area.endswith("Z")


@pytest.mark.parametrize("values", [[], [0], [7], [0, 0, 0], [None, None], [0.001, 0.002], [1e9, 3]])
def test_any_series_can_be_drawn(values: list[float | None]) -> None:
    trend = draw_trend(buckets(*values), whole)
    assert all(0 <= y <= HEIGHT for _, y in points(trend.line))
    assert len({label for _, label in trend.grid}) == len(trend.grid)
    assert "nan" not in trend.line + trend.area


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 30, 31, 120])
def test_words_below_name_both_ends_and_do_not_crowd(count: int) -> None:
    ticks = draw_trend(buckets(*range(count)), whole).ticks
    assert len(ticks) <= TICKS
    assert (ticks[0][2], ticks[-1][2]) == ("0", str(count - 1))


def test_the_bucket_areas_cover_the_width_once() -> None:
    drawn = draw_trend(buckets(*range(9)), whole).points
    ends = [(point.left, point.left + point.width) for point in drawn]
    assert ends[0][0] == 0 and ends[-1][1] == pytest.approx(100)
    assert all(end == pytest.approx(following[0]) for (_, end), following in itertools.pairwise(ends))
