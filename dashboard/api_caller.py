"""Who calls the API: a token, good for one site and one scope, or a signed-in browser, good for what its account is."""

import time

import msgspec
from starlette.requests import Request

from collector.state.tokens import ApiToken, bearer, due, find_token, mark_used
from dashboard.api_problem import ApiProblem
from dashboard.auth import Session, find_session
from dashboard.auth_access import Need, may
from dashboard.auth_cookie import proves, same_origin
from dashboard.context import API_RATE, dashboard_of
from dashboard.query.site import SiteFacts


class Caller(msgspec.Struct, frozen=True):
    """A token or a session; one of the two."""

    token: ApiToken | None = None
    session: Session | None = None

    def reads(self, site: str) -> bool:
        """Whether this site is the caller's."""
        if self.token is not None:
            return self.token.site == site
        return self.session is not None and may(self.session, Need.READ, site)


async def caller_of(request: Request, scope: str = "read") -> Caller:
    """Who calls. Raises ApiProblem 401, 403 for a token of another scope or a forged request, 429 for too many.

    A token counts before a cookie: who sends one means it.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        token = await _token(request, authorization)
        if token.scope != scope:
            detail = f"This token is for '{token.scope}' alone: make one with the scope '{scope}'."
            raise ApiProblem(403, "wrong-scope", detail)
        _hold_back(request, token.id)
        return Caller(token=token)
    dashboard = dashboard_of(request)
    session = await find_session(dashboard.state, request)
    if session is None:
        raise _unknown("Send a token of the site as `Authorization: Bearer …`, or sign in.")
    proven = proves(session.csrf, request.headers.get("x-csrf-token", ""))
    if request.method == "POST" and not proven and not same_origin(request, dashboard.settings.base_url):
        raise ApiProblem(403, "cross-site", "A signed-in browser may only ask from the dashboard's own pages.")
    _hold_back(request, session.email)
    return Caller(session=session)


def facts_of(request: Request, caller: Caller, name: str) -> SiteFacts:
    """The facts of a site. One that is unknown and one that is not the caller's are the same 404."""
    dashboard = dashboard_of(request)
    site = dashboard.follower.sites.get(name)
    if site is None or not caller.reads(name):
        raise ApiProblem(404, "unknown-site", "There is no such site for these credentials.", field="site")
    return dashboard.facts(site)


def _hold_back(request: Request, who: str) -> None:
    dashboard = dashboard_of(request)
    wait = dashboard.api_limit.wait(who) if dashboard.settings.rate_limit == "on" else 0
    if wait:
        detail = f"Too many requests with these credentials: wait {wait} s, then ask {API_RATE} a second at most."
        raise ApiProblem(429, "too-many-requests", detail, Retry_After=str(wait))


async def _token(request: Request, authorization: str) -> ApiToken:
    state, now = dashboard_of(request).state, int(time.time())
    async with state.read() as connection:
        token = await find_token(connection, bearer(authorization))
    if token is None:
        raise _unknown("This token is malformed, unknown or revoked: `byleave token create` makes one.")
    if due(token, now):
        async with state.write(followed=False) as connection:
            await mark_used(connection, token, now)
    return token


def _unknown(detail: str) -> ApiProblem:
    return ApiProblem(401, "not-signed-in", detail, WWW_Authenticate='Bearer realm="byleave"')
