"""Liveness, readiness and metrics: what an operator's tools ask."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector import metrics
from collector.context import Context

NO_STORE = {"cache-control": "no-store"}


class Health:
    """The health routes of one process; `store_open` is None where the process does not own the store."""

    def __init__(
        self, context: Context | None, fresh: Callable[[], bool], store_open: Callable[[], bool] | None
    ) -> None:
        self._context = context
        self._fresh = fresh
        self._store_open = store_open

    async def live(self, _request: Request) -> Response:
        """The process answers."""
        return Response(b'{"status":"ok"}', headers=NO_STORE, media_type="application/json")

    async def ready(self, _request: Request) -> Response:
        """Whether it can do its work: spool writable, state followed, store open where owned."""
        checks = {"state": self._fresh()}
        if self._context is not None:
            checks["spool"] = self._context.spool.writable
        if self._store_open is not None:
            checks["store"] = self._store_open()
        ready = all(checks.values())
        body = msgspec.json.encode({"status": "ok" if ready else "unavailable", "checks": checks})
        return Response(body, status_code=200 if ready else 503, headers=NO_STORE, media_type="application/json")

    async def metrics(self, _request: Request) -> Response:
        """Prometheus text."""
        metrics.FRESH.set(self._fresh())
        if self._context is not None:
            metrics.QUEUED.set(self._context.spool.queued_batches)
        return Response(metrics.render(), headers=NO_STORE, media_type="text/plain; version=0.0.4; charset=utf-8")
