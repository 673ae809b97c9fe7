"""What a request that cannot be served is told: pages get a page, the API problem details."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from collector.state.database import StateError
from collector.store.migrate import StoreError
from dashboard.api_problem import ApiProblem, problem_response
from dashboard.auth import find_session
from dashboard.bodies import BodyRefused
from dashboard.context import dashboard_of
from dashboard.language import speak, speaking
from dashboard.language_choice import asked_for
from dashboard.pages.refused import PageRefused
from dashboard.render import page
from dashboard.texts import say
from dashboard.unavailable import unavailable

log = structlog.get_logger("dashboard")
Handler = Callable[[Request, Any], Awaitable[Response]]
_TITLES = {400: "refused", 403: "forbidden", 404: "not_found", 405: "method"}
_TEXTS = {
    400: "body_unreadable",
    404: "not_found_do",
    405: "method_do",
    408: "body_slow",
    413: "body_large",
    415: "body_type",
}
"""What to do about an error that brings no words of its own."""


async def _problem(request: Request, error: ApiProblem) -> Response:
    return problem_response(error)


async def _http(request: Request, error: HTTPException) -> Response:
    text = "" if error.status_code in (404, 405) else error.detail
    return await _told(request, error.status_code, text, error.headers)


async def _body(request: Request, error: BodyRefused) -> Response:
    return await _told(request, error.status)


async def _refused(request: Request, error: PageRefused) -> Response:
    return await _told(request, error.status, error.message)


async def _crashed(request: Request, error: Exception) -> Response:
    # The kind of the error only: its text, and the path asked for, may hold what somebody sent.
    log.error("a page failed", error=type(error).__name__)
    with speaking(asked_for(request)):  # a crash is told outside of what spoke for the request
        return await _told(request, 500)


async def _told(request: Request, status: int, text: str = "", headers: Mapping[str, str] | None = None) -> Response:
    api = request.scope["path"].startswith("/api/")
    session = None if api or status >= 500 else await find_session(dashboard_of(request).state, request)
    if session is not None:
        speak(session.language)
    text = text or say(_TEXTS.get(status, "failed_do"))
    if api:
        slug = HTTPStatus(status).phrase.lower().replace(" ", "-")
        response = problem_response(ApiProblem(status, slug, text))
    else:
        title = say(_TITLES.get(status, "failed" if status >= 500 else "refused"))
        values = {"title": title, "text": text, "link": "/sites", "label": say("home")}
        response = page(request, "message.html", session, status, **values)
    response.headers.update(headers or {})
    return response


HANDLERS: dict[Any, Handler] = {
    ApiProblem: _problem,
    HTTPException: _http,
    BodyRefused: _body,
    PageRefused: _refused,
    **dict.fromkeys((OperationalError, NoConnection, StateError, StoreError), unavailable),
    Exception: _crashed,
}
