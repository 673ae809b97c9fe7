"""The page of goals and funnels."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.funnels import list_funnels
from collector.state.goals import Goal, list_goals
from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.goals.drawn import draw
from dashboard.goals.file import funnels_file, goals_file
from dashboard.goals.listed import line_of
from dashboard.goals.measured import Reached, Walked, reached, walked
from dashboard.pages.annotations import marks
from dashboard.pages.metrics import Metric
from dashboard.pages.overview import BUCKETS, chosen_bucket, resolution_choices, trend_of, written
from dashboard.pages.refused import PageRefused
from dashboard.pages.reports import Reports, reports_of
from dashboard.pages.shell import Choice, Here, added_filter, here_of, shell, view_of
from dashboard.pages.view import View
from dashboard.query.period import LocalRange
from dashboard.render import page
from dashboard.texts import say

NAMES = ("goal", "metric", "by", "file")
LINES = (Metric("conversions"), Metric("conversion_rate", "fine"))
DONE = ("goal_kept", "goal_removed", "funnel_kept", "funnel_removed")
FILES = ("goals", "funnels")


async def show_goals(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/goals`."""
    here = await here_of(request)
    view = view_of(request, here, "goals", NAMES)
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    dashboard = dashboard_of(request)
    async with dashboard.state.read() as connection:
        goals, funnels = await list_goals(connection, here.site.name), await list_funnels(connection, here.site.name)
    async with reports_of(dashboard, here.site) as reports:
        values = await shell(here, view, reports)
        values |= await written(request, session, view)
        found = [await reached(reports, view, one) for one in goals]
        compared = _compared(view, here)
        ways = [await walked(reports, view, one, compared) for one in funnels]
        values |= await _line(reports, here, view, goals, values) if goals else {"trend": None}
    if "file" in view.state:
        return _file(view, found, ways)
    values |= {
        "goals": _lines(found, view, values.get("drawn")),
        "funnels": [draw(one, view) for one in ways],
        "visits": found[0].report["totals"]["visits"] if found else None,
        "files": {name: view.url(file=name) for name in FILES},
        "new_goal": view.url("goals/goal"),
        "new_funnel": view.url("goals/funnel"),
        "done": _done(request.query_params.get("done", "")),
    }
    return page(request, "goals.html", session, 200, **values)


def _compared(view: View, here: Here) -> LocalRange | None:
    days = LocalRange(view.start, view.end)
    return {"previous": days.before(here.zone), "year": days.year_before()}.get(view.compare)


def _lines(found: Sequence[Reached], view: View, drawn: Goal | None) -> list[Any]:
    highest = max((one.report["totals"]["conversion_rate"] or 0 for one in found), default=0)
    return [line_of(one, view, highest, drawn or one.goal) for one in found]


async def _line(
    reports: Reports, here: Here, view: View, goals: Sequence[Goal], values: dict[str, Any]
) -> dict[str, Any]:
    """The chosen goal over time; the first where none is chosen."""
    drawn = next((one for one in goals if str(one.id) == view.state.get("goal")), goals[0])
    metric = next((one for one in LINES if one.name == view.state.get("metric")), LINES[0])
    bucket = chosen_bucket(view)
    series = await reports.of(view, [metric.name], [bucket], compare=True, limit=BUCKETS, goal=drawn.step)
    starts = [datetime.fromisoformat(row["dims"][0]) for row in series["rows"]]
    return {
        "drawn": drawn,
        "metric": metric,
        "trend": trend_of(series, bucket, metric, here.now, view.end),
        "marks": marks(values["notes"], starts),
        "resolutions": resolution_choices(view, bucket),
        "lines": [
            Choice(
                say(f"metric_{one.name}"),
                view.url(metric=None if one is LINES[0] else one.name),
                one.name == metric.name,
            )
            for one in LINES
        ],
    }


def _file(view: View, found: list[Reached], ways: list[Walked]) -> Response:
    if view.state["file"] == "goals":
        return goals_file(found, view)
    if view.state["file"] == "funnels":
        return funnels_file(ways, view)
    raise PageRefused(say("bad_choice", field="file", choices=", ".join(FILES)))


def _done(what: str) -> str:
    return say(f"done_{what}") if what in DONE else ""
