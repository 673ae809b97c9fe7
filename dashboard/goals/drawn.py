"""Funnels as rows of stages: how many are at each step, how many drop out after it, and where they go instead."""

from typing import Any

import msgspec

from collector.state.funnels import Funnel
from dashboard.goals.measured import Walked, filter_of, kinds_of
from dashboard.numbers import Number, whole
from dashboard.pages.figures import fine_percent, percent
from dashboard.pages.journey_columns import node_called, step_of
from dashboard.pages.journey_steps import write_step
from dashboard.pages.moved import Moved, moved
from dashboard.pages.view import View
from dashboard.texts import say


class Way(msgspec.Struct, frozen=True):
    """Where some of those who dropped out went next; `url` follows them, and is empty for those who left the site."""

    name: str
    count: Number
    share: str
    url: str


class Drop(msgspec.Struct, frozen=True):
    """Those who went no further than a step: how many, their share of those at the step, and where they went."""

    count: Number
    share: str
    ways: list[Way]


class Stage(msgspec.Struct, frozen=True):
    """One step: how many visits reached it, their share of the first step's, and where clicks on it lead."""

    name: str
    visits: str
    share: str
    moved: Moved | None
    bar: str
    filter: str
    filter_help: str
    filtered: bool
    journeys: str
    drop: Drop | None


class Drawn(msgspec.Struct, frozen=True):
    """One funnel; `sentence` says how many of whom get through."""

    id: int
    name: str
    mode: str
    sentence: str
    moved: Moved | None
    stages: list[Stage]
    few: bool


def draw(found: Walked, view: View) -> Drawn:
    """A funnel as it is shown."""
    steps = found.report["steps"]
    before = _shares(found.before) if found.before else [None] * len(steps)
    return Drawn(
        id=found.funnel.id,
        name=found.funnel.name,
        mode=say(f"funnel_is_{found.funnel.mode}"),
        sentence=_sentence(steps, _is_held(found)),
        moved=moved(steps[-1]["share"], before[-1], "fine") if not _is_held(found) else None,
        stages=[
            _stage(found, number, moved(one["share"], before[number], "fine") if number else None, view)
            for number, one in enumerate(steps)
        ],
        few=_is_held(found),
    )


def _is_held(found: Walked) -> bool:
    """Whether numbers are withheld: then one that reads 0 may be of some."""
    return bool(found.report["withheld"]["rows"])


def _sentence(steps: list[dict[str, Any]], held: bool) -> str:
    through, began = steps[-1], steps[0]
    if held and not through["visits"]:
        return ""
    if not began["visits"]:
        return say("funnel_nobody")
    share = fine_percent(through["share"])
    return say("funnel_through", through=through["visits"], began=began["visits"], share=share)


def _shares(report: dict[str, Any]) -> list[float | None]:
    return [step["share"] for step in report["steps"]]


def _stage(found: Walked, number: int, change: Moved | None, view: View) -> Stage:
    step, told = found.funnel.steps[number], found.report["steps"][number]
    chosen = filter_of(step)
    share = None if _is_held(found) and not told["visits"] else told["share"]
    onward = view.url("journeys", anchor="start", step=write_step(step), include=_include(found.funnel))
    name = write_step(step)
    return Stage(
        name=name,
        visits=whole(told["visits"]) if share is not None or not _is_held(found) else "–",
        share=percent(share) if share is not None else "–",
        moved=change,
        bar=f"{(share or 0) * 100:.2f}",
        filter=view.toggle_url("matches", (chosen.dimension, chosen.values[0])),
        filter_help=say("row_unfilter" if chosen in view.filters else "row_filter", row=name),
        filtered=chosen in view.filters,
        journeys=onward,
        drop=_drop(told, onward, found.funnel, view) if "dropped" in told else None,
    )


def _drop(told: dict[str, Any], onward: str, funnel: Funnel, view: View) -> Drop:
    """The ways out of a step, the widest first; *other* and those who left the site last."""
    dropped, at = told["dropped"], told["visits"]
    ways = [_way(node_called(node), node["visits"], at, _from(node, funnel, view)) for node in dropped["next"]]
    if dropped["other"]["visits"]:
        name = say("other", count=dropped["other"]["distinct"])
        ways.append(_way(name, dropped["other"]["visits"], at, onward))
    if dropped["left"]:
        ways.append(_way(say("focus_left"), dropped["left"], at, ""))
    return Drop(whole(dropped["visits"]), percent(dropped["visits"] / at) if at else "", ways)


def _way(name: str, visits: int, at: int, url: str) -> Way:
    return Way(name, whole(visits), percent(visits / at) if at else "", url)


def _from(node: dict[str, Any], funnel: Funnel, view: View) -> str:
    """The journeys that begin at a node."""
    return view.url("journeys", anchor="start", step=step_of(node, {"group": "path"}), include=_include(funnel))


def _include(funnel: Funnel) -> str | None:
    kinds = kinds_of(funnel.steps)
    return None if kinds == ["page"] else ",".join(kinds)
