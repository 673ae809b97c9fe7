"""The numbers of goals and funnels, from the same reports that the API answers."""

from typing import Any

import msgspec

from collector.state.funnels import Funnel
from collector.state.goals import Goal, Step
from dashboard.journeys import decode_funnel, run_funnel
from dashboard.pages.filters import OF_EVENTS, Filter
from dashboard.pages.refused import unanswered
from dashboard.pages.reports import Report, Reports
from dashboard.pages.view import View
from dashboard.query.bad_query import BadQuery
from dashboard.query.period import LocalRange

METRICS = ("conversions", "conversion_rate", "visits")
NEXT = 5  # steps named of those that dropped out
CURRENCIES = 10  # of one goal; nobody sells in more


class Reached(msgspec.Struct, frozen=True):
    """A goal with its report over METRICS, and the one of its amounts by currency.

    `amounts` is None where the goal sums none, or where a filter would leave only some of them.
    """

    goal: Goal
    report: Report
    amounts: Report | None


class Walked(msgspec.Struct, frozen=True):
    """A funnel with its report, and the report of the range compared with, if there is one."""

    funnel: Funnel
    report: Report
    before: Report | None


def filter_of(step: Step) -> Filter:
    """The filter that keeps the visits that hold a step."""
    ((kind, glob),) = step.items()
    return Filter("matches", kind, (glob,))


async def reached(reports: Reports, view: View, goal: Goal) -> Reached:
    """The numbers of a goal under the view's range, filters and comparison. Raises PageRefused."""
    report = await reports.of(view, METRICS, compare=True, goal=goal.step)
    if not goal.valued or _narrowed(view, goal):
        return Reached(goal, report, None)
    own = (filter_of(goal.step),)
    amounts = await reports.of(view, ["value"], ["currency"], compare=True, also=own, limit=CURRENCIES)
    return Reached(goal, report, amounts)


def _narrowed(view: View, goal: Goal) -> bool:
    """Whether a filter leaves out some of the events of visits that it keeps: their amounts would be half the truth."""
    others = [one.dimension for one in view.filters if one != filter_of(goal.step)]
    return any((name in OF_EVENTS and name != "currency") or name.startswith("prop:") for name in others)


async def walked(reports: Reports, view: View, funnel: Funnel, compared: LocalRange | None) -> Walked:
    """The numbers of a funnel under the view's range and filters, and those of the compared range."""
    report = await _funnel(reports, view, funnel, LocalRange(view.start, view.end))
    before = await _funnel(reports, view, funnel, compared) if compared else None
    return Walked(funnel, report, before)


def kinds_of(steps: tuple[Step, ...]) -> list[str]:
    """The kinds of step that a funnel is about: no other is counted between its steps."""
    return sorted({kind for step in steps for kind in step})


async def _funnel(reports: Reports, view: View, funnel: Funnel, days: LocalRange) -> dict[str, Any]:
    asked = {
        "site": view.site,
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        "filters": [one.as_query() for one in view.filters],
        "steps": funnel.steps,
        "mode": funnel.mode,
        "include": kinds_of(funnel.steps),
        "top": NEXT,
    }
    try:
        return await run_funnel(decode_funnel(msgspec.json.encode(asked)), reports.store, reports.facts)
    except BadQuery as error:
        raise unanswered(error) from None
