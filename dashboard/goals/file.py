"""Goals and funnels as CSV files: what the page shows, unrounded."""

from collections.abc import Iterable

from starlette.responses import Response

from dashboard.export.rows import Row
from dashboard.goals.measured import Reached, Walked
from dashboard.pages.journey_steps import write_step
from dashboard.pages.saved_file import saved_file
from dashboard.pages.view import View

GOALS = ("goal", "step", "conversions", "conversion_rate", "visits", "value", "currency")
COMPARED = ("compare:conversions", "compare:conversion_rate", "compare:visits", "compare:value")
FUNNELS = ("funnel", "number", "step", "what", "where", "visits", "share")


def goals_file(found: list[Reached], view: View) -> Response:
    """A row a goal; amounts of a second currency have a row of their own."""
    head = [*GOALS, *COMPARED] if view.compare else GOALS
    rows = [row[: len(head)] for one in found for row in _goal_rows(one)]
    return saved_file("goals", [head, *rows], view)


def _goal_rows(found: Reached) -> Iterable[Row]:
    named = [found.goal.name, write_step(found.goal.step)]
    (told,) = found.report["rows"]
    amounts = found.amounts["rows"] if found.amounts else []
    first = amounts[0] if amounts else {"metrics": [None], "dims": [None], "compare": [None]}
    before = told.get("compare", [None] * 3)
    yield [*named, *told["metrics"], first["metrics"][0], first["dims"][0], *before, *first.get("compare", [None])]
    for row in amounts[1:]:
        yield [*named, *[None] * 3, row["metrics"][0], row["dims"][0], *[None] * 3, *row.get("compare", [None])]


def funnels_file(found: list[Walked], view: View) -> Response:
    """A row a step (`reached`, its share of the first step), and one a way out of it (its share of that step)."""
    return saved_file("funnels", [FUNNELS, *(row for one in found for row in _funnel_rows(one))], view)


def _funnel_rows(found: Walked) -> Iterable[Row]:
    for number, told in enumerate(found.report["steps"], 1):
        named = [found.funnel.name, number, write_step(found.funnel.steps[number - 1])]
        yield [*named, "reached", None, told["visits"], told["share"]]
        if "dropped" not in told or not told["visits"]:
            continue
        dropped = told["dropped"]
        ways = [("next", node["label"], node["visits"]) for node in dropped["next"]]
        ways += [("other", None, dropped["other"]["visits"]), ("left", None, dropped["left"])]
        for what, where, visits in ways:
            yield [*named, what, where, visits, visits / told["visits"]]
