"""A report's rows as a list with bars."""

from typing import Any

import msgspec

from dashboard.numbers import whole
from dashboard.pages.figures import percent
from dashboard.pages.names import called, is_folded
from dashboard.pages.reports import Report
from dashboard.pages.tabs import Tab
from dashboard.pages.view import View
from dashboard.pages.world import World, world
from dashboard.texts import say


class Line(msgspec.Struct, frozen=True):
    """One row: its name, its number in words, its bar (percent of the longest) and where a click on it leads.

    `without` is the address that leaves the row out, which `without_help` says in words.
    """

    name: str
    note: str
    value: str
    share: str
    bar: str
    url: str
    chosen: bool
    help: str
    without: str
    without_help: str


class Listing(msgspec.Struct, frozen=True):
    """The rows of one tab. `more` is whether there are others; `withheld` says what is folded, or nothing."""

    tab: Tab
    unit: str
    lines: list[Line]
    more: bool
    withheld: str
    empty: str
    world: World | None = None


EMPTY = {
    "clicks": "empty_clicks",
    "campaigns": "empty_campaigns",
    "ads": "empty_ads",
    "events": "empty_events",
    "returning": "empty_returning",
    "missing": "empty_missing",
}


def listing(report: Report, tab: Tab, view: View, whole_of: float, most: int, k: int) -> Listing:
    """The first `most` rows of a report over one dimension; shares are of `whole_of`."""
    rows = report["rows"]
    longest = max((row["metrics"][0] for row in rows), default=0)
    lines = [_line(row, tab, view, whole_of, longest, k) for row in rows[:most]]
    empty = "" if lines else say(EMPTY.get(tab.name, "empty_panel"))
    drawn = world(rows, view) if tab.name == "map" and lines else None
    return Listing(
        tab, say(f"unit_{tab.metric}"), lines, len(rows) > most, withheld(report, tab, view, k), empty, drawn
    )


def withheld(report: Report, tab: Tab, view: View, k: int) -> str:
    """Why some rows are not shown, or nothing."""
    folded = report["withheld"]
    if not folded["rows"]:
        return ""
    # Without a filter on the city only a shared view withholds anything else.
    text = "withheld_folded" if tab.dimension == "city" else "withheld" if view.filters else "withheld_shared"
    return say(text, rows=folded["rows"], visits=folded["visits"], k=k)


def named(tab: Tab, stored: list[str]) -> str:
    """The name of a row; a city that is not known is told by its country."""
    if tab.beside == "country" and not stored[0] and stored[1]:
        return say("unknown_city", country=called(tab.beside, stored[1]))
    return called(tab.dimension, stored[0])


def _line(row: dict[str, Any], tab: Tab, view: View, whole_of: float, longest: float, k: int) -> Line:
    stored, value = row["dims"][0], row["metrics"][0]
    folded = is_folded(tab.dimension, stored)
    # Fewer visits than k are of fewer people than k: under a filter on the city they would not be shown.
    nowhere = folded or (tab.dimension == "city" and not stored and value < k)
    pairs = tuple(zip(tab.dimensions, row["dims"], strict=True))
    name, chosen = named(tab, row["dims"]), all(view.has(*pair) for pair in pairs)
    return Line(
        name=name,
        note=called(tab.beside, row["dims"][1]) if tab.beside and not tab.only and stored and not folded else "",
        value=whole(value),
        share=percent(value / whole_of) if whole_of else "",
        bar=f"{value / longest * 100:.2f}" if longest else "0",
        url="" if nowhere else view.toggle_url("is", *pairs),
        chosen=chosen,
        help=say("row_unfilter" if chosen else "row_filter", row=name),
        without="" if nowhere or chosen else view.toggle_url("is_not", pairs[0]),
        without_help=say("row_without", row=name),
    )
