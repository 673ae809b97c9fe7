"""Which language a request is answered in, and the form that chooses one.

The account's choice comes first (`dashboard.auth_guard` knows it once the session is found), then the browser's, kept
in a cookie for pages before sign-in, then Accept-Language.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from collector.state.accounts import set_language
from dashboard.auth import find_session
from dashboard.auth_cookie import keep_language, language_kept
from dashboard.auth_form import own_form, proven_form
from dashboard.auth_guard import local_path
from dashboard.context import dashboard_of
from dashboard.language import DEFAULT, LANGUAGES, preferred, speaking


class Languages:
    """Speaks the browser's language while a request is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(asked_for(Request(scope))):
            await self._app(scope, receive, send)


async def choose_language(request: Request) -> Response:
    """`POST /language`: for the account of who is signed in, and for this browser; an empty one is the browser's own.

    No line of the audit log: it changes what nobody else sees.
    """
    state = dashboard_of(request).state
    session = await find_session(state, request)
    form = await (own_form(request) if session is None else proven_form(request, session))
    chosen = form.get("language", "")
    chosen = chosen if chosen in LANGUAGES else ""
    if session is not None:
        async with state.write(followed=False) as connection:
            await set_language(connection, session.account, chosen)
    response = RedirectResponse(local_path(form.get("back", "/")), status_code=303)
    keep_language(request, response, chosen)
    return response


def way_back(request: Request) -> str:
    """The address that shows the page of a request again; the start page where only a form leads to it."""
    route = request.scope.get("route")
    if request.method in ("GET", "HEAD"):
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return request.url.path if isinstance(route, Route) and "GET" in (route.methods or ()) else "/"


def asked_for(request: Request) -> str:
    """The language that a browser asks for; English of the API."""
    if request.scope["path"].startswith("/api/"):
        return DEFAULT
    kept = language_kept(request)
    return kept if kept in LANGUAGES else preferred(request.headers.get("accept-language", ""))
