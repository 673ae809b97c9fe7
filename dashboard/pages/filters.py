"""Filters as an address carries them: `f=is:country:DE,FR`, each joined to the others by AND.

The three parts are parted by `:`, values by `,`; where a part itself holds `%`, `:` or `,` it is percent-encoded once
more, so that a path or a name of any shape comes back as it was.
"""

from urllib.parse import unquote

import msgspec

from dashboard.pages.refused import PageRefused
from dashboard.texts import say

OPERATORS = ("is", "is_not", "contains", "contains_not", "matches")
MOST = 16  # filters a page carries


class Filter(msgspec.Struct, frozen=True):
    """One filter: the visits whose dimension has (or lacks) one of these values."""

    operator: str
    dimension: str
    values: tuple[str, ...]

    def encoded(self) -> str:
        """As the address carries it."""
        values = ",".join(_escape(value) for value in self.values)
        return f"{self.operator}:{_escape(self.dimension)}:{values}"

    def as_query(self) -> list[object]:
        """As `POST /api/v1/query` carries it."""
        return [self.operator, self.dimension, list(self.values)]


def parse_filter(text: str) -> Filter:
    """A filter from an address. Raises PageRefused when it is not one; the dimension is the report's to judge."""
    operator, _, rest = text.partition(":")
    dimension, separator, values = rest.partition(":")
    if operator not in OPERATORS or not dimension or not separator:
        raise PageRefused(say("bad_filter", filter=text[:100]))
    return Filter(operator, unquote(dimension), tuple(unquote(value) for value in values.split(",")))


def toggled(filters: tuple[Filter, ...], chosen: Filter) -> tuple[Filter, ...]:
    """The filters after a click on a row: off when it was on, else on in place of another value of its dimension.

    A page, click or event joins the others instead: a visit can hold several, and has one country. What is left out
    joins too, and takes the place of the same row when that was asked for.
    """
    if chosen in filters:
        return tuple(one for one in filters if one != chosen)
    opposite = {"is": "is_not", "is_not": "is"}.get(chosen.operator, "")
    filters = tuple(one for one in filters if one != Filter(opposite, chosen.dimension, chosen.values))
    if chosen.operator == "is_not" or chosen.dimension in OF_EVENTS or chosen.dimension.startswith("prop:"):
        return (*filters, chosen)
    kept = (one for one in filters if (one.operator, one.dimension) != (chosen.operator, chosen.dimension))
    return (*kept, chosen)


OF_EVENTS = frozenset({"page", "click", "outbound", "download", "form", "event", "currency"})


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
