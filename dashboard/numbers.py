"""Whole numbers, decimals and plurals as the language spoken now writes them (CLDR, by Babel)."""

from functools import cache
from typing import Final

from dashboard.language import language, locale

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
    rule = locale().plural_form
    category = rule(number)
    categories: list[str] = [name for name in _CATEGORIES if name == "other" or name in rule.tags]
    if forms == len(categories):
        return categories.index(category)
    return 0 if category == "one" else forms - 1


def _written(plain: str) -> str:
    # Babel's own format_decimal takes 20 times as long, and a page holds hundreds of numbers.
    return plain.translate(_separators(language()))


@cache
def _separators(code: str) -> dict[int, str]:
    symbols = locale(code).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}
