"""All rows of one list, a hundred at a time, searched by name, and as a file."""

from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.pages.countries import COUNTRIES
from dashboard.pages.filters import Filter
from dashboard.pages.lists import listing
from dashboard.pages.names import WORDS, called
from dashboard.pages.overview import rows_of
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import added_filter, here_of, shell, view_of
from dashboard.pages.tabs import TABS, Tab
from dashboard.pages.view import View, offset_of
from dashboard.render import page
from dashboard.texts import say

ROWS = 100
MOST_VALUES = 100  # of one filter
# What is shown under another name than it is stored by.
KNOWN = {"country": COUNTRIES, **WORDS}
FURTHEST = 100_000  # rows; who needs more takes the API


async def rows(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/rows/<tab>`."""
    here, tab = await here_of(request), TABS.get(request.path_params["tab"])
    if tab is None:
        raise HTTPException(404)
    view = view_of(request, here, f"rows/{tab.name}", ("offset", "q"))
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    offset = offset_of(view, FURTHEST)
    async with reports_of(dashboard_of(request), here.site) as reports:
        values = await shell(here, view, reports)
        sought = searched(tab, view.state.get("q", ""))
        report = await rows_of(reports, view, tab, sought, limit=ROWS + 1, offset=offset)
        whole = await rows_of(reports, view, tab, limit=0) if sought else report
    shown = listing(report, tab, view, whole["totals"][tab.metric], ROWS, reports.facts.k)
    values |= {
        "listing": shown,
        "title": say("rows_title", what=say(f"tab_{tab.name}"), days=view.days),
        "earlier": view.url(offset=str(offset - ROWS) if offset > ROWS else None) if offset else "",
        "csv": csv_url(view, tab, sought),
        "later": view.url(offset=str(offset + ROWS)) if shown.more else "",
    }
    return page(request, "rows.html", session, 200, **values)


def searched(tab: Tab, text: str) -> tuple[Filter, ...]:
    """The filter that finds the rows of a tab whose name holds a text, in whichever case it was written."""
    if not text:
        return ()
    low = text.casefold()
    named = sorted(value for value in KNOWN.get(tab.dimension, ()) if low in called(tab.dimension, value).casefold())
    if named:
        return (Filter("is", tab.dimension, tuple(named[:MOST_VALUES])),)
    written = dict.fromkeys((text, text.lower(), text.upper(), text.title(), text.capitalize()))
    return (Filter("contains", tab.dimension, tuple(written)),)


def csv_url(view: View, tab: Tab, sought: tuple[Filter, ...]) -> str:
    """The address of every row of a list as CSV, by the same query."""
    only = (Filter("is", tab.beside, (tab.only,)),) if tab.only else ()
    query = {
        "site": view.site,
        "from": view.start.isoformat(),
        "to": view.end.isoformat(),
        "metrics": [tab.metric],
        "dimensions": list(tab.dimensions),
        "filters": [one.as_query() for one in (*view.filters, *sought, *only)],
        "order": [[tab.metric, "desc"]],
    }
    return "/api/v1/export?" + urlencode({"format": "csv", "q": msgspec.json.encode(query).decode()})
