"""The line over time. Across in percent, down in pixels: so it fits any width and its words keep their size."""

import math
from collections.abc import Callable, Sequence

import msgspec

HEIGHT = 200.0  # pixels of the plot, without the words above and below
WIDE = 1000.0  # units of the stretched drawing across
TICKS = 7  # words below, at most
ROUND = (1, 2, 2.5, 5, 10)  # steps that read well, times a power of ten


class Bucket(msgspec.Struct, frozen=True):
    """One point in time. `value` is None where the future begins; `partly` while the bucket is still filling."""

    label: str
    short: str
    value: float | None
    before: float | None
    partly: bool = False


class Point(msgspec.Struct, frozen=True):
    """A bucket as drawn: its place, its hit area and what it says."""

    x: float
    y: float
    left: float
    width: float
    anchor: str
    bucket: Bucket


class Trend(msgspec.Struct, frozen=True):
    """Paths in a box of WIDE × HEIGHT, grid lines as (pixels down, words), ticks as (percent across, anchor, words)."""

    line: str
    area: str
    rest: str
    before: str
    points: list[Point]
    grid: list[tuple[float, str]]
    ticks: list[tuple[float, str, str]]


def draw_trend(buckets: Sequence[Bucket], form: Callable[[float], str]) -> Trend:
    """The picture of a series; `form` writes a value of the scale in words."""
    top, steps = _scale([value for b in buckets for value in (b.value, b.before) if value is not None], form)
    known = [(_x(i, len(buckets)), _y(b.value, top)) for i, b in enumerate(buckets) if b.value is not None]
    earlier = [(_x(i, len(buckets)), _y(b.before, top)) for i, b in enumerate(buckets) if b.before is not None]
    filling = len(known) > 1 and buckets[len(known) - 1].partly
    return Trend(
        line=_path(known[:-1] if filling else known),
        area=f"{_path(known)}V{HEIGHT:g}H{known[0][0]:.1f}Z" if len(known) > 1 else "",
        rest=_path(known[-2:]) if filling else "",
        before=_path(earlier),
        points=[_point(i, bucket, len(buckets), top) for i, bucket in enumerate(buckets)],
        grid=[(_y(step, top), form(step)) for step in steps],
        ticks=_ticks(buckets),
    )


def _point(index: int, bucket: Bucket, count: int, top: float) -> Point:
    x, half = _x(index, count) / WIDE * 100, 50 / max(1, count - 1)
    left = max(0.0, x - half)
    anchor = "start" if x < 20 else "end" if x > 80 else "middle"
    y = HEIGHT if bucket.value is None else _y(bucket.value, top)
    return Point(round(x, 3), y, round(left, 3), round(min(100.0, x + half) - left, 3), anchor, bucket)


def _x(index: int, count: int) -> float:
    return WIDE / 2 if count == 1 else index / (count - 1) * WIDE


def _y(value: float, top: float) -> float:
    return round(HEIGHT - value / top * HEIGHT, 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:g}" for x, y in points) if points else ""


def _scale(values: Sequence[float], form: Callable[[float], str]) -> tuple[float, list[float]]:
    """The top of the scale and its steps: three or four, round, each reading differently."""
    highest = max(values, default=0)
    if highest <= 0:
        return 1.0, [0.0]
    power = 10 ** math.floor(math.log10(highest / 4))
    step = next(r * power for r in ROUND if r * power * 4 >= highest)
    steps = [i * step for i in range(math.ceil(highest / step) + 1)]
    told = {form(value): value for value in reversed(steps)}
    return steps[-1], sorted(told.values())


def _ticks(buckets: Sequence[Bucket]) -> list[tuple[float, str, str]]:
    """As evenly as whole buckets allow, the first and the last among them."""
    count = len(buckets)
    between = min(TICKS, count) - 1
    ticks = []
    for index in sorted(
        {round(i * (count - 1) / between) for i in range(between + 1)} if between > 0 else range(count)
    ):
        x = _x(index, count) / WIDE * 100
        anchor = "start" if x < 1 else "end" if x > 99 else "middle"
        ticks.append((round(x, 3), anchor, buckets[index].short))
    return ticks
