"""Every word the pages say: a catalogue for each language, put together from the folders `texts` of all features.

A text holds {names} to be filled in, and the plural of a word as its forms in the order of the language's plural
categories (CLDR): `{visits} {visits:visit|visits}`.
"""

from functools import cache
from importlib import import_module
from string import Formatter
from typing import Final

from collector.state.declined import Declined
from dashboard.language import LANGUAGES, language
from dashboard.numbers import Number, plural, whole

FEATURES: Final = (
    "dashboard",
    "dashboard.pages",
    "dashboard.journeys",
    "dashboard.consent",
    "dashboard.goals",
    "dashboard.installation",
    "dashboard.settings",
    "dashboard.shares",
    "dashboard.volume",
)
"""The packages whose `texts` hold a module for each language."""


def _catalogue(code: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for feature in FEATURES:
        texts |= import_module(f"{feature}.texts.{code}").TEXTS
    return texts


CATALOGUES: Final = {code: _catalogue(code) for code in LANGUAGES}
"""The texts of each language by their keys."""


@cache
def _parts(text: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """A text in pieces: what stands before a gap, the gap's name, and the forms of the word that goes there."""
    return [(before, gap, tuple(forms.split("|")) if forms else ()) for before, gap, forms, _ in _reader.parse(text)]


def _filled(value: str, forms: tuple[str, ...]) -> str:
    if not forms:
        return value
    # Only a number has a form of its own; other words take that of many.
    return forms[plural(value.number, len(forms)) if isinstance(value, Number) else -1]


_reader: Final = Formatter()


def say(key: str, **values: str | int) -> str:
    """A text in the language spoken now, with its values filled in; whole numbers are written as that language does."""
    text = CATALOGUES[language()][key]
    if not values:
        return text
    told = {name: whole(value) if isinstance(value, int) else value for name, value in values.items()}
    return "".join(before + (_filled(told[gap], forms) if gap else "") for before, gap, forms in _parts(text))


def declined(error: Declined) -> str:
    """Why a change cannot be made; in English where the pages have no words for it."""
    key = f"declined_{error.reason}"
    return say(key, **error.values) if has(key) else str(error)


def word(what: str, name: str) -> str:
    """What something of a closed list is called, as in `word("purpose", "ads")`; what has no word is told as it is."""
    key = f"{what}_{name.replace(' ', '-')}"
    return say(key) if has(key) else name


def has(key: str) -> bool:
    """Whether there is such a text."""
    return key in CATALOGUES[language()]
