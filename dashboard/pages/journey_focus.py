"""The panel of one node: how many, for how long, where they went next, and the latest visits behind it."""

from typing import Any

import msgspec

from dashboard.numbers import whole
from dashboard.pages.figures import duration, percent
from dashboard.pages.filters import Filter
from dashboard.pages.journey_columns import Column, step_of
from dashboard.pages.journey_steps import parse_step
from dashboard.pages.view import View
from dashboard.pages.visits import Strip
from dashboard.texts import say


class Next(msgspec.Struct, frozen=True):
    """One way on from the node; `url` chooses the node it leads to, or opens *other*; empty for those who left."""

    name: str
    count: str
    share: str
    bar: str
    url: str
    left: bool


class Focus(msgspec.Struct, frozen=True):
    """The panel; `behind` holds visits of the last 30 days that took this step, whichever place it had in them."""

    key: str
    title: str
    about: str
    ways: list[Next]
    behind: list[Strip]
    follow: str
    close: str


def filter_of(report: dict[str, Any], key: str, chosen: dict[str, Any]) -> Filter | None:
    """The filter that keeps the visits that took the step of a node; None where the report names no such node."""
    for column in report["columns"]:
        for node in column["nodes"]:
            if node["id"] == key:
                ((kind, glob),) = parse_step(step_of(node, chosen)).items()
                return Filter("matches", kind, (glob,))
    return None


def focus_of(report: dict[str, Any], columns: list[Column], view: View, key: str, behind: list[Strip]) -> Focus | None:
    """The panel of the chosen node; None where the report names no such node."""
    for number, column in enumerate(columns):
        for stop in column.stops:
            if stop.key == key and report.get("focused"):
                following = columns[number + 1] if number + 1 < len(columns) else None
                return Focus(
                    key=key,
                    title=say("focus_title", name=stop.name, step=column.title),
                    about=_about(stop.visits, report),
                    ways=_ways(report, stop.key, stop.visits, following) if following else [],
                    behind=behind,
                    follow=stop.url,
                    close=view.url(focus=None),
                )
    return None


def _about(visits: int, report: dict[str, Any]) -> str:
    median = report["focused"]["median_seconds"]
    count = {"visits": whole(visits), "share": percent(visits / report["matched"])}
    return say("focus_about", **count, time=duration(median)) if median is not None else say("focus_brief", **count)


def _ways(report: dict[str, Any], key: str, visits: int, following: Column) -> list[Next]:
    """The links out of the node, the largest first; *other* and *left* last."""
    names = {stop.key: stop for stop in following.stops}
    links = [link for link in report["links"] if link["from"] == key]
    longest = max((link["visits"] for link in links), default=1)
    ways = []
    for link in sorted(links, key=lambda link: (link["to"].partition(":")[0] in ("left", "other"), -link["visits"])):
        stop, left = names.get(link["to"]), link["to"] == following.gone_key
        ways.append(
            Next(
                name=say("focus_left") if left else say("focus_then", name=stop.name if stop else link["to"]),
                count=whole(link["visits"]),
                share=percent(link["visits"] / visits),
                bar=f"{link['visits'] / longest * 100:.2f}",
                url=stop.about or stop.url if stop else "",
                left=left,
            )
        )
    return ways
