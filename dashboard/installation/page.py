"""`/sites/<site>/installation`: waits for the first event, and says what is wrong if none comes."""

import asyncio
import time
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector import control
from collector.installation import SIGNAL_HEADERS, signalled
from collector.sightings import Sighted, What
from collector.state import sites
from collector.state.site import Site, SiteError, is_loopback_host
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.context import Dashboard, dashboard_of
from dashboard.installation.diagnosis import TO_COME, Facts, Finding, State, diagnose, last
from dashboard.pages.reports import Reports, reports_of
from dashboard.pages.setup import setup_values
from dashboard.pages.shell import Here, here_of, site_of
from dashboard.query.live import live
from dashboard.render import page
from dashboard.texts import say

STEPS = (("tag", What.TAG), ("asked", What.ASKED), ("yes", What.YES))


class Told(msgspec.Struct, frozen=True):
    """A finding in words; `alias` may be added to the site, `where` is a page of the settings that mends it.

    `wrong` where something is to be mended, not only to come.
    """

    wrong: bool
    title: str
    do: str
    alias: str
    where: str


async def installation(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/installation`."""
    return await _installation(request, session)


async def add_alias(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/installation/alias`: a host that asked in vain becomes one of the site's."""
    form, site, now = await read_form(request), site_of(request), int(time.time())
    dashboard = dashboard_of(request)
    try:
        async with dashboard.state.write() as connection:
            before = await sites.named(connection, site.name)
            wanted = (*before.aliases, form.get("host", ""))
            checked = await asyncio.to_thread(sites.checked, site.name, wanted)
            await sites.alter(connection, site.name, now, session.email, aliases=checked.aliases)
    except SiteError as error:
        return await _installation(request, session, str(error))
    await dashboard.follower.refresh()
    return RedirectResponse(request.url.path.removesuffix("/alias"), status_code=303)


async def sightings_of(dashboard: Dashboard, site: str) -> list[Sighted]:
    """What the collectors saw of a site; nothing where no process collects them."""
    try:
        answer = await control.call(dashboard.settings.data_path, "sightings", site=site)
    except (control.NoOwner, control.ControlError, OSError):
        return []
    return msgspec.convert(answer, list[Sighted])


async def _installation(request: Request, session: Session, error: str = "") -> Response:
    here, dashboard = await here_of(request), dashboard_of(request)
    async with reports_of(dashboard, here.site) as reports:
        state = await _state(reports, here)
    seen = await sightings_of(dashboard, here.site.name)
    found = diagnose(_facts(dashboard, here.site, state, seen))
    values = {
        "site": here.site,
        "state": state,
        "findings": [_told(one, here.site) for one in found],
        "steps": [(say(f"inst_step_{name}"), _clock(last(seen, what), here)) for name, what in STEPS],
        "signals": [name for name in SIGNAL_HEADERS if signalled(request.headers.getlist(name))],
        "open": "" if is_loopback_host(here.site.name) else f"https://{here.site.name}/",
        "error": error,
        **setup_values(request, here.site),
    }
    return page(request, "installation.html", session, 400 if error else 200, **values)


async def _state(reports: Reports, here: Here) -> State:
    now = await live(reports.store, here.site.name, here.now)
    if now["visits"] or any(now["pageviews"]):
        return State.WORKS
    return State.QUIET if await reports.ever(here.site, here.now) else State.WAITING


def _facts(dashboard: Dashboard, site: Site, state: State, seen: list[Sighted]) -> Facts:
    notice = dashboard.follower.current.get(site.name)
    owners = {detail: dashboard.follower.site_of(detail) for _, _, detail, _ in seen}
    return Facts(
        site=site,
        state=state,
        unpublished=notice is None,
        draft=notice is not None and notice.draft,
        local=is_loopback_host(dashboard.settings.host),
        owners={host: owner.name for host, owner in owners.items() if owner is not None},
        seen=seen,
    )


def _told(finding: Finding, site: Site) -> Told:
    names = {"site": site.name, "value": finding.value}
    where = f"/sites/{site.name}/settings#notice" if finding.kind in ("draft", "unpublished") else ""
    title, do = say(f"inst_{finding.kind}", **names), say(f"inst_{finding.kind}_do", **names)
    return Told(finding.kind not in TO_COME, title, do, finding.alias, where)


def _clock(at: int, here: Here) -> str:
    return f"{datetime.fromtimestamp(at, here.zone):%H:%M:%S}" if at else say("inst_step_not")
