"""Who may come in: pages ask for a session, forms for proof that this server's own page sent them."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session, find_session
from dashboard.context import dashboard_of

SignedIn = Callable[[Request, Session], Awaitable[Response]]
# One leading slash: `//host` and `/\host` lead elsewhere (WHATWG URL, relative slash state).
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def signed_in(handler: SignedIn) -> Callable[[Request], Awaitable[Response]]:
    """The handler for those who are signed in; everybody else is sent to sign in and back."""

    async def endpoint(request: Request) -> Response:
        session = await find_session(dashboard_of(request).state, request)
        if session is not None:
            return await handler(request, session)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", status_code=303)

    return endpoint


def local_path(text: str) -> str:
    """A place on this server to go on to; the start page when the text names anything else."""
    return text if len(text) <= 2000 and _LOCAL.fullmatch(text) else "/"
