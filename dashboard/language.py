"""The language that a page speaks, and how a browser says which ones its reader knows.

It is held for the length of one request, so that everything that makes words (texts, numbers, dates) agrees on it
without handing it on. `dashboard.language_choice` finds it; the API and what it exports always speak English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Final

from babel import Locale

LANGUAGES: Final = {"en": "English", "de": "Deutsch", "fr": "Français"}
"""ISO 639-1 codes and what each language calls itself; the first is spoken where no other is asked for."""
DEFAULT: Final = next(iter(LANGUAGES))
_REGIONS: Final = {"en": "en_GB"}
"""Where a language is written in more ways than one, the way taken here."""
_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """The language spoken now."""
    return _spoken.get()


def locale(code: str = "") -> Locale:
    """How a language writes numbers, days and countries; without a code the one spoken now."""
    return _locale(code or language())


def language_called(code: str) -> str:
    """The name of a language in the one spoken now; a code that has none is shown as it is."""
    return str(locale().languages.get(code, code))


def preload() -> None:
    """Read what Babel knows of every language, so that no request waits for a file."""
    for code in LANGUAGES:
        _ = _locale(code).territories


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_REGIONS.get(code, code))


def speak(code: str) -> None:
    """Speak a language for the rest of the request; a code that is not known changes nothing."""
    if code in LANGUAGES:
        _spoken.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _spoken.set(code if code in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _spoken.reset(token)


def preferred(accept: str) -> str:
    """The language of an Accept-Language header (RFC 9110, section 12.5.4) that there is, else the default.

    A range finds the language it begins with (`de-AT` finds `de`: lookup, RFC 4647, section 3.4); `q=0` rules one out.
    """
    weights: dict[str, float] = {}
    for part in accept[:1000].split(","):
        tag, _, parameter = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        # Of several ranges of a language the one that is liked best counts.
        weights[code] = max(_weight(parameter), weights.get(code, 0.0))
    anything = weights.get("*", 0.0)
    known = {code: weights.get(code, anything) for code in LANGUAGES}
    # Of equals the one that was named first, as browsers mean it; what was not named comes last.
    order = {code: place for place, code in enumerate(weights)}
    best = max(known, key=lambda code: (known[code], -order.get(code, len(order))))
    return best if known[best] > 0 else DEFAULT


def _weight(parameter: str) -> float:
    """The `q` of a range; 1 where there is none, 0 where it cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    if name.strip().lower() != "q" or not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        return 0.0
    return min(1.0, float(digits))
