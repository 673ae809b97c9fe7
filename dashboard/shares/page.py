"""`/share/<secret>`: the overview of one site for whoever holds the link."""

import time
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from collector.state.shares import Share, due, find_share, mark_used
from dashboard.context import dashboard_of
from dashboard.headers import FRAMERS
from dashboard.pages.metrics import BY_NAME, HEADLINE
from dashboard.pages.overview import details, headline
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import Choice, Here
from dashboard.render import page
from dashboard.shares.door import answer, ask, is_open
from dashboard.shares.view import SHARED_PANELS, SHARED_PERIODS, SharedView, read_shared_view
from dashboard.texts import say


async def show_share(request: Request) -> Response:
    """`GET /share/<secret>`: the page, behind its password if it has one; `POST`: the password."""
    share = await _found(request)
    if share is None:
        return _nothing(request)
    if request.method == "POST":
        return await answer(request, share) if share.password else _nothing(request)
    if not is_open(request, share):
        return ask(request, share)
    return await _overview(request, share, embedded=False)


async def embed_share(request: Request) -> Response:
    """`GET /share/<secret>/embed`: for a frame on the pages that the owner named, and no other."""
    share = await _found(request)
    if share is None or not share.origins:
        return _nothing(request)
    request.scope[FRAMERS] = " ".join(share.origins)
    return await _overview(request, share, embedded=True)


async def _found(request: Request) -> Share | None:
    dashboard, now = dashboard_of(request), int(time.time())
    async with dashboard.state.read() as connection:
        found = await find_share(connection, request.path_params["secret"], now)
    if found is None or found.site not in dashboard.follower.sites:
        return None
    if due(found, now):
        async with dashboard.state.write(followed=False) as connection:
            await mark_used(connection, found, now)
    return found


def _nothing(request: Request) -> Response:
    """The same for a link that never was, was revoked or is over: who holds one learns nothing."""
    return page(request, "share_gone.html", None, 410)


async def _overview(request: Request, share: Share, *, embedded: bool) -> Response:
    dashboard = dashboard_of(request)
    site = dashboard.follower.sites[share.site]
    zone = await dashboard.zone(site.timezone)
    here = Here(site, zone, datetime.now(zone))
    path = request.url.path
    view = read_shared_view(site.name, path, request.query_params, here.now.date())
    metric = BY_NAME.get(view.state.get("metric", ""), HEADLINE[0])
    async with reports_of(dashboard, site, shared=True) as reports:
        head = await reports.of(view, [one.name for one in HEADLINE], compare=True)
        values = headline(head, view, metric)
        if head["totals"]["visits"] or head["totals"]["pageviews"]:
            values |= await details(reports, here, view, metric, head, SHARED_PANELS)
    notice = dashboard.follower.current.get(site.name)
    values |= {
        "site": site,
        "view": view,
        "k": dashboard.k(site),
        "controller": str(notice.body["controller"]) if notice else "",
        "periods": _periods(view),
        "resolutions": [],
        "embedded": embedded,
        "whole_page": path.removesuffix("/embed"),
    }
    return page(request, "share.html", None, **values)


def _periods(view: SharedView) -> list[Choice]:
    return [Choice(say(f"period_{name}"), view.url(period=name), name == view.period) for name in SHARED_PERIODS]
