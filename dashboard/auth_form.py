"""Forms that this server's own pages sent, and no other's."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from dashboard.auth import Session
from dashboard.auth_cookie import proves, same_origin, says_nothing
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.texts import say


async def own_form(request: Request) -> dict[str, str]:
    """The form, if this server's own page sent it or nothing says who did; its proof is the caller's to check."""
    if not says_nothing(request) and not same_origin(request, dashboard_of(request).settings.base_url):
        raise HTTPException(403, say("form_stale"))
    return await read_form(request)


async def proven_form(request: Request, session: Session) -> dict[str, str]:
    """The form of a page that was made for this session. Raises a 403 for any other."""
    form = await own_form(request)
    if not proves(session.csrf, form.get("csrf", "")):
        raise HTTPException(403, say("form_stale"))
    return form
