"""What visitors are told of a site, as far as it is changed here: each change is a new notice."""

import time

from starlette.requests import Request
from starlette.responses import Response

from collector.consent.notice import NoticeError
from collector.consent.republishing import replan, republish
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.pages.shell import site_of
from dashboard.settings.shown import back, settings_page
from dashboard.settings.site import settings_address, show_settings
from dashboard.texts import declined

FIELDS = ("controller", "contact", "visits")


async def change_notice(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/notice`: published; where visitors are asked again, once that is confirmed.

    The confirmation holds for what was shown: with another notice in force meanwhile it is asked for anew.
    """
    form, site, dashboard = await read_form(request), site_of(request), dashboard_of(request)
    changes = {name: form[name].strip() for name in FIELDS if name in form}
    try:
        async with dashboard.state.read() as connection:
            planned = await replan(connection, site.name, changes, int(time.time()))
        if planned.material and not planned.over_draft and form.get("before") != planned.before:
            told = {"changes": changes, "before": planned.before, "site": site, "address": settings_address(request)}
            return settings_page(request, "notice_again.html", session, "settings", **told)
        async with dashboard.state.write() as connection:
            now = int(time.time())
            await republish(connection, site.name, changes, now, session.email, planned.before)
    except NoticeError as error:
        return await show_settings(request, session, error=declined(error))
    await dashboard.follower.refresh()
    return back(settings_address(request), "notice")
