"""The goals of a site as lines of a table."""

import msgspec

from collector.state.goals import Goal, Step
from dashboard.goals.measured import METRICS, Reached, filter_of
from dashboard.numbers import decimal, whole
from dashboard.pages.figures import shown
from dashboard.pages.journey_steps import write_step
from dashboard.pages.moved import Moved, moved
from dashboard.pages.view import View
from dashboard.texts import say


class Amount(msgspec.Struct, frozen=True):
    """A sum of amounts of one currency, and how it changed."""

    text: str
    moved: Moved | None


class Line(msgspec.Struct, frozen=True):
    """One goal: its numbers, and where clicks on it lead: to a filter, to the line over time, to the journeys."""

    id: int
    name: str
    step: str
    conversions: str
    rate: str
    more: Moved | None
    rate_moved: Moved | None
    amounts: list[Amount]
    narrowed: bool
    bar: str
    filter: str
    filter_help: str
    filtered: bool
    line: str
    drawn: bool
    journeys: str
    few: bool


def line_of(found: Reached, view: View, highest: float, drawn: Goal) -> Line:
    """A goal with its numbers; its bar is its share of the `highest` rate."""
    goal, few = found.goal, bool(found.report["withheld"]["rows"])
    conversions, rate, _ = (found.report["totals"][name] for name in METRICS)
    before = found.report["rows"][0].get("compare", [None] * len(METRICS))
    chosen = filter_of(goal.step)
    return Line(
        id=goal.id,
        name=goal.name,
        step=write_step(goal.step),
        conversions="–" if few and not conversions else whole(conversions),
        rate=shown(rate, "fine"),
        more=moved(conversions, before[0], "count"),
        rate_moved=moved(rate, before[1], "fine"),
        amounts=_amounts(found),
        narrowed=goal.valued and found.amounts is None,
        bar=f"{rate / highest * 100:.2f}" if rate and highest else "0",
        filter=view.toggle_url("matches", (chosen.dimension, chosen.values[0])),
        filter_help=say("row_unfilter" if chosen in view.filters else "row_filter", row=goal.name),
        filtered=chosen in view.filters,
        line=view.url(goal=str(goal.id)) + "#trend",
        drawn=goal.id == drawn.id,
        journeys=journeys_through(view, goal.step),
        few=few,
    )


def journeys_through(view: View, step: Step) -> str:
    """The journeys around a step: what led there, and what came after it."""
    (kind,) = step
    return view.url("journeys", anchor="through", step=write_step(step), steps="5", include=_with_pages(kind))


def _with_pages(kind: str) -> str | None:
    return None if kind == "page" else f"page,{kind}"


def _amounts(found: Reached) -> list[Amount]:
    if found.amounts is None:
        return []
    rows = found.amounts["rows"]
    return [Amount(_amount(row["metrics"][0], row["dims"][0]), _moved(row)) for row in rows if row["metrics"][0]]


def _amount(value: float, currency: str) -> str:
    return f"{decimal(value, 2)} {currency}".rstrip()


def _moved(row: dict[str, list[float]]) -> Moved | None:
    return moved(row["metrics"][0], row["compare"][0], "ratio") if row.get("compare") else None
