"""The map's shades."""

import re
from pathlib import Path

import pytest

from dashboard.pages.world import SHADES, world
from tests.dashboard.pages.test_view import view


@pytest.mark.parametrize("numbers", [[1], [2, 1], [5, 5, 5], [100_000, 900, 30, 4, 1], [7, 6, 5, 4, 3, 2, 1]])
def test_every_country_lies_in_the_range_of_its_shade(numbers: list[int]) -> None:
    rows = [{"dims": [f"A{n}"], "metrics": [visits]} for n, visits in enumerate(numbers)]
    drawn = world([*rows, {"dims": [""], "metrics": [9]}], view(""))
    assert len(drawn.shapes) == len(numbers), "an unknown place is in the table alone"
    ranges = {shade: [int(end.replace(",", "")) for end in words.split(" – ")] for shade, words in drawn.legend}
    assert {shape.shade for shape in drawn.shapes} == set(ranges) <= set(range(1, SHADES + 1))
    for shape, visits in zip(drawn.shapes, numbers, strict=True):
        assert ranges[shape.shade][0] <= visits <= ranges[shape.shade][-1]


def test_the_countries_of_the_map_are_those_that_have_a_name() -> None:
    import dashboard
    from dashboard.pages.countries import COUNTRIES

    drawn = re.findall(r'<path id="(\w+)"', (Path(dashboard.__file__).parent / "static/world.svg").read_text())
    assert len(set(drawn)) == len(drawn) > 170
    assert set(drawn) <= set(COUNTRIES)
