"""The audit log as a page, for owners."""

from starlette.requests import Request
from starlette.responses import Response

from collector.state.audit import entries
from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.settings.shown import settings_page

AT_ONCE = 100


async def changes(request: Request, session: Session) -> Response:
    """`GET /settings/audit?before=`: who changed what, the newest first."""
    asked = request.query_params.get("before", "")
    before = int(asked[:15]) if asked.isascii() and asked.isdigit() else None
    async with dashboard_of(request).state.read() as connection:
        found = await entries(connection, AT_ONCE + 1, before)
    older = found[AT_ONCE - 1].seq if len(found) > AT_ONCE else None
    return settings_page(request, "audit.html", session, "audit", entries=found[:AT_ONCE], older=older)
