"""How a number changed against a comparison, as pages show it."""

import msgspec

from dashboard.pages.figures import DOWN, UP, change, shown
from dashboard.texts import say


class Moved(msgspec.Struct, frozen=True):
    """A change: an arrow, how much, both in words, and its mood: good, bad or neither."""

    arrow: str
    much: str
    words: str
    mood: str


def moved(now: float | None, before: float | None, form: str, more_is_good: bool = True) -> Moved | None:
    """The change of a number of this form (figures.shown) against the one before; None where nothing can be said."""
    found = change(now, before, form)
    if found is None:
        return None
    direction, much = found
    mood = "" if direction not in (UP, DOWN) else "good" if (direction == UP) == more_is_good else "bad"
    return Moved({UP: "▲", DOWN: "▼"}.get(direction, "±"), much, _in_words(direction, much, shown(before, form)), mood)


def _in_words(direction: str, much: str, before: str) -> str:
    if much == say("change_new_short"):
        return say("change_new")
    return say(f"change_{direction}", much=much, before=before)
