"""Numbers as people read them; the report's are unrounded."""

import math

UP, DOWN, SAME = "up", "down", "same"


def whole(value: float) -> str:
    """`41,203`."""
    return f"{round(value):,}"


def percent(share: float) -> str:
    """`38 %`; a little is never shown as none, nearly all never as all."""
    points = round(share * 100)
    if points == 0 and share > 0:
        return "< 1 %"
    if points == 100 and share < 1:
        return "> 99 %"
    return f"{points} %"


def duration(seconds: float) -> str:
    """`2 m 41 s`, `1 h 5 m`."""
    total = round(seconds)
    if total < 60:
        return f"{total} s"
    if total < 3600:
        return f"{total // 60} m {total % 60} s"
    return f"{total // 3600} h {total % 3600 // 60} m"


def ratio(value: float) -> str:
    """`3.12`."""
    return f"{value:.2f}"


def size(count: float) -> str:
    """Bytes in decimal units: `620 B`, `1.4 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def shown(value: float | None, kind: str) -> str:
    """A metric in its own form; a dash where there is nothing to divide by."""
    if value is None or math.isnan(value):
        return "–"
    return {"count": whole, "rate": percent, "seconds": duration, "ratio": ratio}[kind](value)


def change(now: float | None, before: float | None, kind: str) -> tuple[str, str] | None:
    """(up, down or same; how much) against a comparison: points for a rate, time for seconds, percent otherwise."""
    if now is None or before is None:
        return None
    difference = now - before
    if kind == "rate":
        return _direction(round(difference * 100)), f"{abs(round(difference * 100))} pt"
    if kind == "seconds":
        return _direction(round(difference)), duration(abs(difference))
    if before == 0:
        return None if now == 0 else (UP, "new")
    part = round(difference / before * 100)
    return _direction(part), f"{abs(part):,} %"


def _direction(difference: int) -> str:
    return UP if difference > 0 else DOWN if difference < 0 else SAME
