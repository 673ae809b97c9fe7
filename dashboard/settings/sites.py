"""Adding a site. For owners."""

import asyncio
import time
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.consent.founding import found_site
from collector.consent.notice import Draft, NoticeError
from collector.state import sites
from collector.state.site import ZONES, SiteError
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.settings.shown import settings_page
from dashboard.texts import declined

FIELDS = ("host", "controller", "contact", "timezone")


async def add_site(request: Request, session: Session) -> Response:
    """`/settings/sites`: the form; sent, a site with its first notice, and on to its line of code."""
    if request.method == "GET":
        return _form(request, session, {"timezone": "UTC"})
    form, now, dashboard = await read_form(request), int(time.time()), dashboard_of(request)
    try:
        new = await asyncio.to_thread(sites.checked, form.get("host", ""), (), form.get("timezone", "").strip())
        draft = Draft(controller=form.get("controller", "").strip(), contact=form.get("contact", "").strip())
        async with dashboard.state.write() as connection:
            await found_site(connection, new, draft, now, session.email)
    except (SiteError, NoticeError) as error:
        return _form(request, session, form, declined(error))
    await dashboard.follower.refresh()
    return RedirectResponse(f"/sites/{quote(new.name)}/setup", status_code=303)


def _form(request: Request, session: Session, given: dict[str, str], error: str = "") -> Response:
    values = {"given": {name: given.get(name, "") for name in FIELDS}, "zones": sorted(ZONES), "error": error}
    return settings_page(request, "add_site.html", session, "sites", 400 if error else 200, **values)
