"""The sites, and the way to the only one."""

from datetime import UTC, datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.auth_access import readable
from dashboard.context import dashboard_of
from dashboard.query.live import live
from dashboard.render import page
from dashboard.texts import say


async def home(request: Request, session: Session) -> Response:
    """`GET /`: the site, when there is one; else the list."""
    sites = readable(session, dashboard_of(request).sites)
    return RedirectResponse(f"/sites/{quote(sites[0].name)}" if len(sites) == 1 else "/sites", status_code=303)


async def list_sites(request: Request, session: Session) -> Response:
    """`GET /sites`."""
    dashboard = dashboard_of(request)
    now = datetime.now(UTC)
    listed = [
        (site, (await live(dashboard.store, site.name, now))["visits"]) for site in readable(session, dashboard.sites)
    ]
    removed = say("done_site_removed") if request.query_params.get("done") == "site_removed" else ""
    return page(request, "sites.html", session, 200, listed=listed, done=removed)
