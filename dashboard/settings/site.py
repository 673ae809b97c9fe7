"""The settings of one site: its other hostnames, its time zone, its API tokens; and the end of it."""

import asyncio
import time
from pathlib import Path
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from collector.consent import removal
from collector.consent.erasure_log import ErasureLog
from collector.consent.notice import HIDDEN, RETENTION_MONTHS, SHOWN
from collector.control import ControlError, NoOwner, call
from collector.state import sites, tokens
from collector.state.audit import note
from collector.state.database import State
from collector.state.site import TITLE_MAX, ZONES, SiteError, titled
from dashboard.auth import Session
from dashboard.auth_access import Need, may
from dashboard.bodies import read_form
from dashboard.context import Dashboard, dashboard_of
from dashboard.pages.shell import site_of
from dashboard.settings.shown import back, settings_page
from dashboard.texts import declined, say

log = structlog.get_logger("dashboard")
NOTICE_FIELDS = ("controller", "contact", "retention_months", "visits")
"""What of a notice is changed in the settings."""


async def site_settings(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/settings`."""
    return await show_settings(request, session)


async def change_site(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings`: aliases and time zone; the name stays, for every row and token carries it."""
    form, before, now = await read_form(request), site_of(request), int(time.time())
    given = (tuple(form.get("aliases", "").split()), form.get("timezone", "").strip())
    try:
        after = await asyncio.to_thread(sites.checked, before.name, *given, before.path_keep, before.patterns)
        async with dashboard_of(request).state.write() as connection:
            wanted = {"aliases": after.aliases, "timezone": after.timezone}
            await sites.alter(connection, before.name, now, session.email, **wanted)
    except SiteError as error:
        return await show_settings(request, session, error=declined(error), given=form)
    await dashboard_of(request).follower.refresh()
    return back(settings_address(request), "site_changed")


async def rename_site(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/title`: what the pages call it; empty for its name."""
    form, name, now = await read_form(request), site_of(request).name, int(time.time())
    try:
        title = titled(form.get("title", ""))
        async with dashboard_of(request).state.write() as connection:
            await sites.alter(connection, name, now, session.email, title=title)
    except SiteError as error:
        return await show_settings(request, session, error=declined(error), given=form)
    await dashboard_of(request).follower.refresh()
    return back(settings_address(request), "renamed")


async def create_token(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/tokens`: it is shown this once."""
    form, now, name = await read_form(request), int(time.time()), site_of(request).name
    scope, label = form.get("scope", ""), form.get("label", "").strip()
    try:
        async with dashboard_of(request).state.write() as connection:
            made = await tokens.create_token(connection, name, label, now, scope)
            told = {"token": made.split("_")[1], "scope": scope, "label": label}
            await note(connection, now, session.email, "token created", name, **told)
    except tokens.TokenError as error:
        return await show_settings(request, session, error=declined(error))
    return await show_settings(request, session, token=made)


async def revoke_token(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/tokens/revoke`: a token of this site opens nothing any more."""
    form, now, name = await read_form(request), int(time.time()), site_of(request).name
    try:
        async with dashboard_of(request).state.write() as connection:
            gone = await tokens.revoke_token(connection, form.get("id", ""), name)
            await note(connection, now, session.email, "token revoked", name, token=gone.id, label=gone.label)
    except tokens.TokenError as error:
        return await show_settings(request, session, error=declined(error))
    return back(settings_address(request), "token_revoked")


async def remove_site(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/settings/remove`: with its name typed. Gone at once; the bytes follow."""
    form, now, name = await read_form(request), int(time.time()), site_of(request).name
    if form.get("name", "").strip() != name:
        return await show_settings(request, session, error=say("remove_typed", site=name))
    dashboard = dashboard_of(request)
    try:
        async with dashboard.state.write() as connection:
            await removal.mark(connection, name, now)
            await note(connection, now, session.email, "site removed", name)
    except SiteError as error:
        return await show_settings(request, session, error=declined(error))
    await dashboard.follower.refresh()
    dashboard.begin(_erase(dashboard.state, dashboard.settings.data_path, name))
    return back("/sites", "site_removed")


async def _erase(state: State, data: Path, name: str) -> None:
    """What `byleave site remove` does after its first step; where this is cut short, that command finishes it."""
    try:
        async for _ in removal.bury_everybody(state, name):
            pass
        await ErasureLog(data).catch_up(state)
        await call(data, "erase_now")
        log.info("site_erased")
    except NoOwner:
        log.info("site_erased", told="the bytes leave the disk with the next rewrite of the store")
    except (ControlError, OSError) as error:
        log.error("site_not_erased", cause=type(error).__name__, told="finish it with byleave site remove")


async def show_settings(
    request: Request, session: Session, error: str = "", token: str = "", given: dict[str, str] | None = None
) -> Response:
    """The page; `given` are the fields of a form that was refused, for they are not to be typed again."""
    site, given = site_of(request), given or {}
    async with dashboard_of(request).state.read() as connection:
        found = await tokens.list_tokens(connection, site.name)
    told = _told_now(dashboard_of(request), site.name)
    values = {
        "site": site,
        "title": given.get("title", site.title),
        "title_max": TITLE_MAX,
        "aliases": given.get("aliases", "\n".join(site.aliases)),
        "timezone": given.get("timezone", site.timezone),
        "told": told | {name: given[name] for name in NOTICE_FIELDS if name in given},
        "zones": sorted(ZONES),
        "tokens": found,
        "token": token,
        "scopes": tokens.SCOPES,
        "removable": may(session, Need.OWN),
        "error": error,
    }
    return settings_page(request, "site_settings.html", session, "settings", 400 if error else 200, **values)


def _told_now(dashboard: Dashboard, site: str) -> dict[str, Any]:
    """What the notice in force says, as far as it is changed here, and whether it is a draft, or none."""
    notice = dashboard.follower.current.get(site)
    if notice is None:
        return {"controller": "", "contact": "", "retention_months": RETENTION_MONTHS, "visits": SHOWN, "draft": True}
    told = {name: notice.body[name] for name in ("controller", "contact", "retention_months")}
    return {**told, "visits": SHOWN if notice.visits_shown else HIDDEN, "draft": notice.draft}


def settings_address(request: Request) -> str:
    return request.url.path.partition("/settings")[0] + "/settings"
