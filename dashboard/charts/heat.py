"""The week as a map of heat: a row a weekday, a column an hour, five steps of one colour."""

from collections.abc import Sequence

import msgspec

STEPS = 5
HOURS = 24


class Cell(msgspec.Struct, frozen=True):
    """One hour of a weekday: its place across in percent, its step (0 is nothing, 5 the most), its number."""

    x: float
    hour: int
    step: int
    count: int


def draw_heat(hours: Sequence[int]) -> list[list[Cell]]:
    """168 numbers, 0 = Monday 00, as seven rows of cells. Steps are even parts of the most."""
    most = max(hours, default=0)
    return [
        [
            Cell(round(hour / HOURS * 100, 3), hour, _step(hours[day * HOURS + hour], most), hours[day * HOURS + hour])
            for hour in range(HOURS)
        ]
        for day in range(7)
    ]


def _step(count: int, most: int) -> int:
    return -(-count * STEPS // most) if most else 0
