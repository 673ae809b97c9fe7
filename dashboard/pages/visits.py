"""Recent visits as short strips of steps, as coarse as `GET /api/v1/visits` tells them."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.pages.filters import Filter
from dashboard.pages.names import called
from dashboard.pages.refused import unanswered
from dashboard.pages.reports import Reports, reports_of
from dashboard.pages.shell import Here, added_filter, here_of, shell, view_of
from dashboard.pages.view import View, offset_of
from dashboard.query.request import BadQuery
from dashboard.query.visits import MOST_OFFSET, recent_visits
from dashboard.render import page
from dashboard.texts import say

ROWS = 50


class Strip(msgspec.Struct, frozen=True):
    """One visit: when (`hour` in ISO 8601), who in a few words, and its steps; `…` is one that too few people took."""

    hour: str
    day: str
    time: str
    about: list[str]
    steps: list[str]


async def visits(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/visits`."""
    here = await here_of(request)
    if not dashboard_of(request).shows_visits(here.site.name):
        return page(request, "visits_hidden.html", session, 403, site=here.site)
    view = view_of(request, here, "visits", ("offset",))
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    offset = offset_of(view, MOST_OFFSET)
    async with reports_of(dashboard_of(request), here.site) as reports:
        values = await shell(here, view, reports)
        found = await strips(reports, here, view.filters, ROWS + 1, offset)
    values |= {
        "strips": found[:ROWS],
        "earlier": _page(view, offset + ROWS) if len(found) > ROWS and offset + ROWS <= MOST_OFFSET else "",
        "later": _page(view, offset - ROWS) if offset else "",
    }
    return page(request, "visits.html", session, 200, **values)


async def strips(reports: Reports, here: Here, filters: tuple[Filter, ...], limit: int, offset: int = 0) -> list[Strip]:
    """The latest visits that the filters keep. Raises PageRefused."""
    asked: list[Any] = [(one.operator, one.dimension, list(one.values)) for one in filters]
    try:
        found = await recent_visits(reports.store, reports.facts, here.now, limit, asked, offset)
    except BadQuery as error:
        raise unanswered(error) from None
    return [_strip(visit) for visit in found]


def _strip(visit: dict[str, Any]) -> Strip:
    hour = visit["hour"]
    return Strip(
        hour=hour,
        day=hour[:10],
        time=say("visits_hour", hour=hour[11:13]),
        about=[called(name, visit[name]) for name in ("source", "country", "browser", "device")],
        steps=[_named(step) for step in visit["steps"]],
    )


def _named(step: dict[str, str]) -> str:
    if step["kind"] in ("page", "other"):
        return step["label"]
    return f"{say('kind_' + step['kind'])}: {step['label']}"


def _page(view: View, offset: int) -> str:
    return view.url(offset=str(offset) if offset > 0 else None)
