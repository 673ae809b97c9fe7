"""All rows of one list, a hundred at a time."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.pages.lists import listing
from dashboard.pages.refused import PageRefused
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import added_filter, here_of, shell, view_of
from dashboard.pages.tabs import TABS
from dashboard.render import page
from dashboard.texts import say

ROWS = 100
FURTHEST = 100_000  # rows; who needs more takes the API


async def rows(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/rows/<tab>`."""
    here, tab = await here_of(request), TABS.get(request.path_params["tab"])
    if tab is None:
        raise HTTPException(404)
    view = view_of(request, here, f"rows/{tab.name}", ("offset",))
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    offset = _offset(view.state.get("offset", "0"))
    async with reports_of(dashboard_of(request), here.site) as reports:
        values = await shell(here, view, reports)
        order = [[tab.metric, "desc"]]
        report = await reports.of(view, [tab.metric], tab.dimensions, order=order, limit=ROWS + 1, offset=offset)
    shown = listing(report, tab, view, report["totals"][tab.metric], ROWS, reports.facts.k)
    values |= {
        "listing": shown,
        "title": say("rows_title", what=say(f"tab_{tab.name}"), days=view.days),
        "earlier": view.url(offset=str(offset - ROWS) if offset > ROWS else None) if offset else "",
        "later": view.url(offset=str(offset + ROWS)) if shown.more else "",
    }
    return page(request, "rows.html", session, 200, **values)


def _offset(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:9]) > FURTHEST:
        raise PageRefused(say("bad_offset", most=f"{FURTHEST:,}"))
    return int(text)
