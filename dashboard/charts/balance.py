"""What came and what went, a bar up and a bar down for each time; across in percent, down in pixels."""

from collections.abc import Sequence

import msgspec

UP, DOWN = 120.0, 50.0  # pixels above and below the line


class Bar(msgspec.Struct, frozen=True):
    """One time: its place, the pixels of `first` and of `second` on top of it, and of `gone` below the line."""

    x: float
    width: float
    first: float
    second: float
    gone: float
    label: str


def draw_balance(times: Sequence[tuple[str, int, int, int]]) -> list[Bar]:
    """Bars of (label, first, second, gone), in one scale for both directions."""
    highest = max((first + second for _, first, second, _ in times), default=0)
    lowest = max((gone for *_, gone in times), default=0)
    scale = min(UP / highest if highest else UP, DOWN / lowest if lowest else UP)
    step = 100 / max(1, len(times))
    return [
        Bar(
            x=round(place * step, 3),
            width=round(step * 0.8, 3),
            first=round(first * scale, 1),
            second=round(second * scale, 1),
            gone=round(gone * scale, 1),
            label=label,
        )
        for place, (label, first, second, gone) in enumerate(times)
    ]
