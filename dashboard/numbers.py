"""Whole numbers, decimals and plurals as the language spoken now writes them (CLDR, by Babel)."""

from functools import cache, lru_cache
from typing import Final

from dashboard.language import language, locale

_KEPT: Final = 8192
"""Plurals that are kept: the rule of a number takes Babel some 10 µs."""
_CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""Of plurals, in the order of CLDR."""


class Number(str):
    """A number as it is written, which still knows its value: the words beside it take their plural from that."""

    number: float


def whole(value: float) -> Number:
    """`41,203` in English, `41.203` in German, `41 203` in French."""
    rounded = round(value)
    written = Number(_written(f"{rounded:,}"))
    written.number = rounded
    return written


def decimal(value: float, digits: int) -> str:
    """`1,234.50` in English, `1.234,50` in German: with so many digits after the point."""
    return _written(f"{value:,.{digits}f}")


def plural(number: float, forms: int) -> int:
    """Which of so many forms of a word goes with a number: as many as the language has, or one and other."""
    return _plural(language(), number, forms)


@lru_cache(_KEPT)
def _plural(code: str, number: float, forms: int) -> int:
    rule = locale(code).plural_form
    category = rule(number)
    categories: list[str] = [name for name in _CATEGORIES if name == "other" or name in rule.tags]
    if forms == len(categories):
        return categories.index(category)
    return 0 if category == "one" else forms - 1


def _written(plain: str) -> str:
    # Babel's own format_decimal takes 20 times as long, and a page holds hundreds of numbers.
    group, point = _separators(language())
    return plain.replace(",", " ").replace(".", point).replace(" ", group)


@cache
def _separators(code: str) -> tuple[str, str]:
    symbols = locale(code).number_symbols["latn"]
    return symbols["group"], symbols["decimal"]
