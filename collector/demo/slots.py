"""Weighted choices as lists of slots: a draw of a few bits picks one, so that the engine need not search."""

from collections.abc import Iterable, Sequence

SLOTS = 1024
"""10 bits of a hash."""


def slots(weights: Sequence[float], count: int = SLOTS) -> list[int]:
    """`count` indexes from 0, each as often as its weight's share, to the nearest slot; together exactly `count`."""
    total, reached, filled = sum(weights), 0.0, 0
    found: list[int] = []
    for index, weight in enumerate(weights):
        reached += weight
        upto = round(count * reached / total)
        found += [index] * (upto - filled)
        filled = upto
    return found


def joined(numbers: Iterable[int]) -> str:
    """Numbers as the one text that sql/events.sql splits: a long list is slow to bind."""
    return ",".join(map(str, numbers))
