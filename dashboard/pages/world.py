"""The map: each country in one of five shades, by how many visits came from there."""

from typing import Any

import msgspec

from dashboard.numbers import whole
from dashboard.pages.names import called
from dashboard.pages.view import View
from dashboard.texts import say

SHADES = 5
MOST = 300  # more countries than there are


class Shape(msgspec.Struct, frozen=True):
    """One country: its code, its shade from 1 to SHADES, what it says, and where a click on it leads."""

    code: str
    shade: int
    help: str
    url: str


class World(msgspec.Struct, frozen=True):
    """The countries that visits came from, and of each shade in use its range in words."""

    shapes: list[Shape]
    legend: list[tuple[int, str]]


def world(rows: list[dict[str, Any]], view: View) -> World:
    """The map of a report by country. The shades grow by equal factors: one large country leaves the others apart."""
    counted = [(row["dims"][0], int(row["metrics"][0])) for row in rows if row["dims"][0]]
    highest = max((visits for _, visits in counted), default=0)
    tops = [round(highest ** (number / SHADES)) for number in range(1, SHADES + 1)]
    shapes = [
        Shape(code, _shade(visits, tops), _help(code, visits), view.toggle_url("is", ("country", code)))
        for code, visits in counted
    ]
    used = {shape.shade for shape in shapes}
    bottoms = [1, *(top + 1 for top in tops[:-1])]
    ranges = enumerate(zip(bottoms, tops, strict=True), 1)
    return World(shapes, [(shade, _range(low, high)) for shade, (low, high) in ranges if shade in used])


def _shade(visits: int, tops: list[int]) -> int:
    return next(shade for shade, top in enumerate(tops, 1) if visits <= top)


def _range(low: int, high: int) -> str:
    return whole(low) if low == high else f"{whole(low)} – {whole(high)}"


def _help(code: str, visits: int) -> str:
    return say("map_country", country=called("country", code), visits=whole(visits))
