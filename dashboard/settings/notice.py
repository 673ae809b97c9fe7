"""What visitors are told of a site, as far as it is changed here: each change is a new notice."""

import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from collector.consent.notice import NoticeError, Planned
from collector.consent.republishing import replan, republish
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.consent.changes import changes_in_words
from dashboard.context import dashboard_of
from dashboard.pages.shell import site_of
from dashboard.settings.shown import back, settings_page
from dashboard.settings.site import NOTICE_FIELDS, settings_address, show_settings
from dashboard.texts import declined


async def change_notice(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/notice`: published once what it changes was shown and confirmed; a draft's at once.

    The confirmation holds for what was shown: with another notice in force meanwhile it is asked for anew.
    """
    form, site, dashboard = await read_form(request), site_of(request), dashboard_of(request)
    given = {name: form[name].strip() for name in NOTICE_FIELDS if name in form}
    try:
        changes = _changes(given)
        async with dashboard.state.read() as connection:
            planned = await replan(connection, site.name, changes, int(time.time()))
        if planned.difference and not planned.over_draft and form.get("before") != planned.before:
            return _asked_first(request, session, given, planned)
        async with dashboard.state.write() as connection:
            now = int(time.time())
            await republish(connection, site.name, changes, now, session.email, planned.before)
    except NoticeError as error:
        return await show_settings(request, session, error=declined(error), given=given)
    await dashboard.follower.refresh()
    return back(settings_address(request), "notice")


def _changes(given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a draft that were filled in. Raises NoticeError."""
    changes: dict[str, Any] = dict(given)
    if "retention_months" in given:
        try:
            changes["retention_months"] = int(given["retention_months"])
        except ValueError:
            raise NoticeError("Retention must be a number of months.", "retention") from None
    return changes


def _asked_first(request: Request, session: Session, given: Mapping[str, str], planned: Planned) -> Response:
    told = {
        "changes": given,
        "before": planned.before,
        "material": planned.material,
        "difference": changes_in_words(planned.difference),
        "site": site_of(request),
        "address": settings_address(request),
    }
    return settings_page(request, "notice_again.html", session, "settings", **told)
