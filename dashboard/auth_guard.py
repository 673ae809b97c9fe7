"""Who may come in: pages ask for a session and a role, changes for proof that this server's own page sent them."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session, find_session
from dashboard.auth_access import Need, may
from dashboard.auth_form import proven_form
from dashboard.context import dashboard_of
from dashboard.language import speak
from dashboard.texts import say

SignedIn = Callable[[Request, Session], Awaitable[Response]]
# One leading slash: `//host` and `/\host` lead elsewhere (WHATWG URL, relative slash state).
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def signed_in(
    handler: SignedIn, need: Need | None = None, change: Need | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """The handler for those who may: `need` to look, `change` to send a form.

    Unless said otherwise a route with `{site}` in its path needs READ and, to change something, ADMINISTER; any other
    needs an account, and an owner. Who is not signed in is sent to sign in and back; a site that one may not read is
    the same 404 as one that is not there. The form of a change is proven before the handler runs: `read_form` gives it.
    """

    async def endpoint(request: Request) -> Response:
        session = await find_session(dashboard_of(request).state, request)
        if session is None:
            return RedirectResponse(_sign_in(request), status_code=303)
        speak(session.language)
        site = request.path_params.get("site")
        if site is not None and not _readable(request, session, site):
            raise HTTPException(404)
        if request.method in ("GET", "HEAD"):
            wanted = need or (Need.SIGNED_IN if site is None else Need.READ)
        else:
            wanted = change or (Need.OWN if site is None else Need.ADMINISTER)
        if not may(session, wanted, site or ""):
            raise HTTPException(403, say("no_right"))
        if request.method not in ("GET", "HEAD"):
            await proven_form(request, session)
        return await handler(request, session)

    return endpoint


def local_path(text: str) -> str:
    """A place on this server to go on to; the start page when the text names anything else."""
    return text if len(text) <= 2000 and _LOCAL.fullmatch(text) else "/"


def _sign_in(request: Request) -> str:
    if request.method not in ("GET", "HEAD"):
        return "/sign-in"
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(here, safe='')}"


def _readable(request: Request, session: Session, site: str) -> bool:
    return site in dashboard_of(request).follower.sites and may(session, Need.READ, site)
