"""Countries by their ISO 3166-1 alpha-2 code, named in the language spoken now (CLDR, by Babel)."""

from typing import Final

from dashboard.language import DEFAULT, locale
from dashboard.texts import has, say

_NONE: Final = ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
"""Codes that CLDR names besides: unions, parts of a country and test values. XK, for Kosovo, is in use and stays."""


COUNTRIES: Final = tuple(
    sorted(code for code in map(str, locale(DEFAULT).territories) if len(code) == 2 and code not in _NONE)
)


def country(code: str) -> str:
    """The name of a country; a code that has none is shown as it is."""
    key = f"country_{code}"  # a shorter name than CLDR's, where that is a state's full style
    return say(key) if has(key) else str(locale().territories.get(code, code))
