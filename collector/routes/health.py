"""Liveness, readiness and metrics: what an operator's tools ask."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector import metrics
from collector.context import Context
from collector.owner import Owner
from collector.state.follow import Follower

NO_STORE = {"cache-control": "no-store"}


class Health:
    """The health routes of one process: a collector has a context, the owner of the store an owner, one may be both."""

    def __init__(self, follower: Follower, context: Context | None = None, owner: Owner | None = None) -> None:
        self._follower = follower
        self._context = context
        self._owner = owner

    async def live(self, _request: Request) -> Response:
        """The process answers."""
        return Response(b'{"status":"ok"}', headers=NO_STORE, media_type="application/json")

    async def ready(self, _request: Request) -> Response:
        """Whether it can do its work: spool writable, state followed, store open where owned."""
        checks = {"state": self._follower.fresh}
        if self._context is not None:
            checks["keys"] = self._context.keys_known
            checks["spool"] = self._context.spool.writable
        if self._owner is not None:
            checks["store"] = self._owner.healthy
        ready = all(checks.values())
        body = msgspec.json.encode({"status": "ok" if ready else "unavailable", "checks": checks})
        return Response(body, status_code=200 if ready else 503, headers=NO_STORE, media_type="application/json")

    async def metrics(self, _request: Request) -> Response:
        """Prometheus text."""
        metrics.FRESH.set(self._follower.fresh)
        if self._context is not None:
            metrics.QUEUED.set(self._context.spool.queued_batches)
        if self._owner is not None:
            for outcome, count in msgspec.to_builtins(self._owner.loader.counts).items():
                metrics.LOADED.labels(outcome).set(count)
        return Response(metrics.render(), headers=NO_STORE, media_type="text/plain; version=0.0.4; charset=utf-8")
