"""The collector as an ASGI application: POSTs go straight to their gate, all else through the framework's router."""

from collections.abc import Awaitable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector import gate, metrics
from collector.consent.keys import KeysError
from collector.context import Context
from collector.refusal import Refusal, Refused
from collector.routes import consent, events, me
from collector.routes.health import Health
from collector.routes.post import Post, unreadable
from collector.routes.public import OPEN, Public
from collector.routes.you import You
from collector.sightings import What
from collector.state.database import StateError

BACKEND_EVENTS = "/api/v1/events"
"""Of the API this is the collector's: what it acknowledges is durable, and waits for no report."""
_OWNED = ("/healthz", "/readyz", "/metrics", BACKEND_EVENTS)

log = structlog.get_logger("collector")


class CollectorApp:
    """All routes of the wire; `health` says how this process fares."""

    def __init__(self, context: Context, health: Health) -> None:
        prefix = context.settings.prefix
        self._prefix = f"{prefix}/"
        self._posts: dict[str, Post] = {
            f"{prefix}/events": Post(context, gate.EVENTS, events.store, refused=What.EVENTS_REFUSED),
            BACKEND_EVENTS: Post(context, gate.BACKEND, events.store_of_backend, unreadable),
            f"{prefix}/consent": Post(context, gate.CONSENT, consent.give, refused=What.YES_REFUSED),
            f"{prefix}/withdraw": Post(context, gate.WITHDRAW, consent.withdraw),
            f"{prefix}/me": Post(context, gate.ME, me.tell),
            f"{prefix}/me/erase": Post(context, gate.ERASE, me.erase),
        }
        public, you = Public(context), You(context)
        self._router = Starlette(
            routes=[
                Route(f"{prefix}/tag.js", public.tag),
                Route(f"{prefix}/t/{{prefix}}.js", public.build),
                Route(f"{prefix}/site/{{site}}.json", public.site),
                Route(f"{prefix}/notice/{{id}}", public.notice),
                Route(f"{prefix}/jobs/{{job}}", me.Jobs(context).tell),
                Route(f"{prefix}/visitor.css", public.style),
                Route(f"{prefix}/you", you.page),
                Route(f"{prefix}/you.css", you.style),
                Route("/.well-known/gpc.json", public.gpc),
                Route("/.well-known/byleave-keys.json", public.keys),
                *health_routes(health),
            ],
            exception_handlers={
                Refused: _refused, HTTPException: _http, SQLAlchemyError: _failed, StateError: _failed,
                KeysError: _failed, OSError: _failed,
            },
        )  # fmt: skip
        self._router.router.redirect_slashes = False  # it would lead to whatever the Host header says

    def owns(self, path: str) -> bool:
        """Whether a path is the collector's; all others are the dashboard's, where one runs in this process."""
        return path.startswith((self._prefix, "/.well-known/")) or path in _OWNED

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """Hand the request on; no coroutine of its own, as that would cost each event 0.5 µs."""
        return self._posts.get(scope["path"], self._router)(scope, receive, send)


def health_routes(health: Health) -> list[Route]:
    """The three routes every process answers."""
    return [Route("/healthz", health.live), Route("/readyz", health.ready), Route("/metrics", health.metrics)]


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    metrics.refused[refused.refusal.slug] += 1
    headers = {name.decode(): value.decode() for name, value in refused.headers}
    return Response(refused.body, status_code=refused.refusal.status, headers={**OPEN, **headers})


async def _failed(request: Request, error: Exception) -> Response:
    log.error("request failed", error=type(error).__name__)
    return await _refused(request, Refused(Refusal.UNAVAILABLE, retry_after=5))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = Refusal.METHOD if error.status_code == 405 else Refusal.NOT_FOUND
    response = await _refused(request, Refused(refusal))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response
