"""Numbers as people read them; the report's are unrounded."""

import math

from dashboard.numbers import decimal, whole
from dashboard.texts import say

UP, DOWN, SAME = "up", "down", "same"


def percent(share: float) -> str:
    """`38 %`; a little is never shown as none, nearly all never as all."""
    points = round(share * 100)
    if points == 0 and share > 0:
        return say("percent_less", points=1)
    if points == 100 and share < 1:
        return say("percent_more", points=99)
    return say("percent", points=points)


def fine_percent(share: float) -> str:
    """`2.4 %`, with a decimal below ten: conversion rates are small."""
    points = share * 100
    if points == 0 or points >= 10:
        return percent(share)
    least = 0.1
    return (
        say("percent_less", points=decimal(least, 1)) if points < least else say("percent", points=decimal(points, 1))
    )


def duration(seconds: float) -> str:
    """`2 m 41 s`, `1 h 5 m`."""
    total = round(seconds)
    if total < 60:
        return say("seconds", seconds=total)
    if total < 3600:
        return say("minutes", minutes=total // 60, seconds=total % 60)
    return say("hours", hours=total // 3600, minutes=total % 3600 // 60)


def ratio(value: float) -> str:
    """`3.12`."""
    return decimal(value, 2)


def size(count: float) -> str:
    """Bytes in decimal units: `620 B`, `1.4 MB`."""
    if count < 1000:
        return say("bytes", count=round(count))
    for unit in ("kilobytes", "megabytes", "gigabytes"):
        count /= 1000
        if count < 1000:
            return say(unit, count=decimal(count, 0 if count >= 100 else 1))
    return say("terabytes", count=decimal(count / 1000, 1))


def shown(value: float | None, kind: str) -> str:
    """A metric in its own form; a dash where there is nothing to divide by."""
    if value is None or math.isnan(value):
        return "–"
    forms = {"count": whole, "rate": percent, "fine": fine_percent, "seconds": duration, "ratio": ratio}
    return forms[kind](value)


def change(now: float | None, before: float | None, kind: str) -> tuple[str, str] | None:
    """(up, down or same; how much) against a comparison: points for a rate, time for seconds, percent otherwise."""
    if now is None or before is None:
        return None
    difference = now - before
    if kind == "rate":
        return _direction(round(difference * 100)), say("points", points=abs(round(difference * 100)))
    if kind == "fine":
        points = round(difference * 100, 1)
        return _direction(points), say("points", points=decimal(abs(points), 1))
    if kind == "seconds":
        return _direction(round(difference)), duration(abs(difference))
    if before == 0:
        return None if now == 0 else (UP, say("change_new_short"))
    part = round(difference / before * 100)
    return _direction(part), say("percent", points=abs(part))


def _direction(difference: float) -> str:
    return UP if difference > 0 else DOWN if difference < 0 else SAME
