"""Who calls the API: a token, good for one site, or a signed-in browser, good for all."""

import time

from starlette.requests import Request

from collector.state.site import Site
from collector.state.tokens import due, find_token, mark_used
from dashboard.api_problem import ApiProblem
from dashboard.auth import find_session
from dashboard.auth_cookie import proves, same_origin
from dashboard.context import dashboard_of
from dashboard.query.site import SiteFacts

ANY = "*"


async def caller_of(request: Request) -> str:
    """The site the caller may read, or ANY. Raises ApiProblem 401 without credentials, 403 for a forged request.

    A token counts before a cookie: who sends one means it.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return await _site_of_token(request, authorization)
    dashboard = dashboard_of(request)
    session = await find_session(dashboard.state, request)
    if session is None:
        raise _unknown("Send a token of the site as `Authorization: Bearer …`, or sign in.")
    proven = proves(session.csrf, request.headers.get("x-csrf-token", ""))
    if request.method == "POST" and not proven and not same_origin(request, dashboard.settings.base_url):
        raise ApiProblem(403, "cross-site", "A signed-in browser may only ask from the dashboard's own pages.")
    return ANY


def facts_of(request: Request, allowed: str, name: str) -> SiteFacts:
    """The facts of a site. One that is unknown and one that is not the caller's are the same 404."""
    site = _site(request, name) if allowed in (ANY, name) else None
    if site is None:
        raise ApiProblem(404, "unknown-site", "There is no such site for these credentials.", field="site")
    return dashboard_of(request).facts(site)


def _site(request: Request, name: str) -> Site | None:
    return dashboard_of(request).follower.sites.get(name)


async def _site_of_token(request: Request, authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    state, now = dashboard_of(request).state, int(time.time())
    token = None
    if scheme.lower() == "bearer":
        async with state.read() as connection:
            token = await find_token(connection, credentials.strip())
    if token is None:
        raise _unknown("This token is malformed, unknown or revoked: `byleave token create` makes one.")
    if due(token, now):
        async with state.write(followed=False) as connection:
            await mark_used(connection, token, now)
    return token.site


def _unknown(detail: str) -> ApiProblem:
    return ApiProblem(401, "not-signed-in", detail, WWW_Authenticate='Bearer realm="byleave"')
