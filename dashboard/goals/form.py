"""The forms that add, change and remove a goal or a funnel."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state import funnels, goals
from collector.state.audit import note
from collector.state.funnels import Funnel, keep_funnel, list_funnels, remove_funnel
from collector.state.goals import Goal, GoalError, Step, keep_goal, list_goals, remove_goal
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.goals.suggested import suggested
from dashboard.pages.journey_steps import parse_step, write_step
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import here_of, site_of, view_of
from dashboard.pages.view import View
from dashboard.render import page
from dashboard.texts import say

Form = dict[str, str]
FIELDS = tuple(f"step{number}" for number in range(1, funnels.MOST_STEPS + 2))
"""Of a funnel's steps, and of one too many."""


class What(msgspec.Struct, frozen=True):
    """What a form is about: a goal or a funnel."""

    name: str
    find: Callable[[AsyncConnection, str], Awaitable[list[Any]]]
    keep: Callable[[AsyncConnection, str, Form, int | None], Awaitable[int]]
    remove: Callable[[AsyncConnection, str, int], Awaitable[None]]
    filled: Callable[[Any], Form]
    told: Callable[[Form], str]
    """The steps in one line, for the audit log."""
    most: int


def _steps(form: Form) -> list[Step]:
    """The steps of a funnel's form."""
    return [_step(text) for name, text in form.items() if name in FIELDS and text]


def _closed_up(form: Form) -> Form:
    """A form whose steps have no empty field among them, so that an error's number is the field's."""
    written = [text for name in FIELDS if (text := form.get(name, "").strip())]
    return {**form, **dict.fromkeys(FIELDS, ""), **dict(zip(FIELDS, written, strict=False))}


def _step(text: str) -> Step:
    ((kind, glob),) = parse_step(text).items()
    return {kind: glob.strip()}


def _name(form: Form) -> str:
    return " ".join(form.get("name", "").split())


async def _keep_goal(connection: AsyncConnection, site: str, form: Form, known: int | None) -> int:
    return await keep_goal(connection, site, _name(form), _step(form.get("step", "")), "valued" in form, known)


async def _keep_funnel(connection: AsyncConnection, site: str, form: Form, known: int | None) -> int:
    mode = form.get("mode", funnels.LOOSE)
    return await keep_funnel(connection, site, _name(form), mode, _steps(form), known)


def _filled_goal(goal: Goal) -> Form:
    return {"name": goal.name, "step": write_step(goal.step), **({"valued": "on"} if goal.valued else {})}


def _filled_funnel(funnel: Funnel) -> Form:
    steps = map(write_step, funnel.steps)
    return {"name": funnel.name, "mode": funnel.mode, **dict(zip(FIELDS, steps, strict=False))}


def _told_goal(form: Form) -> str:
    return write_step(_step(form["step"]))


def _told_funnel(form: Form) -> str:
    return " → ".join(map(write_step, _steps(form)))


GOAL = What("goal", list_goals, _keep_goal, remove_goal, _filled_goal, _told_goal, goals.MOST)
FUNNEL = What("funnel", list_funnels, _keep_funnel, remove_funnel, _filled_funnel, _told_funnel, funnels.MOST)


async def goal_form(request: Request, session: Session) -> Response:
    """`GET` and `POST /sites/<site>/goals/goal?id=`: one goal; without `id` a new one."""
    return await _form(request, session, GOAL)


async def funnel_form(request: Request, session: Session) -> Response:
    """`GET` and `POST /sites/<site>/goals/funnel?id=`: one funnel; without `id` a new one."""
    return await _form(request, session, FUNNEL)


async def _form(request: Request, session: Session, what: What) -> Response:
    here = await here_of(request)
    view = view_of(request, here, f"goals/{what.name}")
    async with dashboard_of(request).state.read() as connection:
        known = _known(request, await what.find(connection, here.site.name))
    if request.method != "POST":
        return await _shown(request, session, view, what, what.filled(known) if known else {}, known)
    form = _closed_up(await read_form(request))
    try:
        done = await _change(request, session, what, form, known)
    except GoalError as error:
        return await _shown(request, session, view, what, form, known, _refusal(error, what))
    return RedirectResponse(view.url("goals", done=f"{what.name}_{done}"), status_code=303)


def _known(request: Request, found: list[Any]) -> Any:
    """What the address names; None where it is about a new one. Raises a 404 when it is gone."""
    wanted = request.query_params.get("id")
    if wanted is None:
        return None
    known = next((one for one in found if str(one.id) == wanted), None)
    if known is None:
        raise HTTPException(404)
    return known


async def _change(request: Request, session: Session, what: What, form: Form, known: Any) -> str:
    """Keep or remove, and note who did; `kept` or `removed`. Raises GoalError."""
    site, now = request.path_params["site"], int(time.time())
    async with dashboard_of(request).state.write(followed=False) as connection:
        if form.get("do") == "remove" and known is not None:
            await what.remove(connection, site, known.id)
            old = what.filled(known)
            told = {"name": known.name, "steps": what.told(old)}
            await note(connection, now, session.email, f"{what.name} removed", site, **told)
            return "removed"
        await what.keep(connection, site, form, known.id if known else None)
        told = {"name": _name(form), "steps": what.told(form)}
        await note(connection, now, session.email, f"{what.name} {'changed' if known else 'added'}", site, **told)
        return "kept"


def _refusal(error: GoalError, what: What) -> str:
    most = {
        "name": goals.NAME_MAX,
        "step": goals.GLOB_MAX,
        "count": funnels.MOST_STEPS,
        "full": what.most,
    }
    key = f"goal_bad_{error.fault}" if error.fault in ("step", "page", "value") else f"{what.name}_bad_{error.fault}"
    return say(key, fewest=funnels.FEWEST_STEPS, most=most.get(error.fault, 0), number=error.number)


async def _shown(
    request: Request, session: Session, view: View, what: What, form: Form, known: Any, error: str = ""
) -> Response:
    site = site_of(request)
    async with reports_of(dashboard_of(request), site) as reports:
        steps = await suggested(reports, view)
    values = {
        "site": site,
        "view": view,
        "what": what.name,
        "known": known,
        "form": form,
        "fields": FIELDS[: funnels.MOST_STEPS],
        "fewest": funnels.FEWEST_STEPS,
        "most": funnels.MOST_STEPS,
        "modes": [(mode, say(f"funnel_mode_{mode}")) for mode in funnels.MODES],
        "suggested": steps,
        "back": view.url("goals"),
        "error": error,
    }
    return page(request, "goal_form.html", session, 400 if error else 200, **values)
