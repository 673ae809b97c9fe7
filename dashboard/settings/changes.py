"""The audit log as a page, for owners."""

from collections.abc import Mapping
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector.state.audit import Entry, entries
from collector.state.site import Site
from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.settings.shown import settings_page
from dashboard.texts import word

AT_ONCE = 100
CLOSED = ("role", "scope")
"""Details whose value is a word of ours."""


class Change(msgspec.Struct, frozen=True):
    """One line of the log in words; `detail` is what changed, as (name, to what); `of` names its site."""

    at: int
    actor: str
    did: str
    detail: list[tuple[str, str]]
    of: str
    site: Site | None


async def changes(request: Request, session: Session) -> Response:
    """`GET /settings/audit?before=`: who changed what, the newest first."""
    asked = request.query_params.get("before", "")
    before = int(asked[:15]) if asked.isascii() and asked.isdigit() else None
    async with dashboard_of(request).state.read() as connection:
        found = await entries(connection, AT_ONCE + 1, before)
    told = partial(_told, dashboard_of(request).follower.sites)
    older = found[AT_ONCE - 1].seq if len(found) > AT_ONCE else None
    return settings_page(request, "audit.html", session, "audit", entries=list(map(told, found[:AT_ONCE])), older=older)


def _told(sites: Mapping[str, Site], one: Entry) -> Change:
    told = ((name, word(name, value) if name in CLOSED else value) for name, value in one.detail.items() if value)
    detail = [(word("detail", name), value) for name, value in told]
    return Change(one.at, one.actor, word("did", one.action), detail, one.site, sites.get(one.site))
