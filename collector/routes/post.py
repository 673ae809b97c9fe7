"""A POST route as a bare ASGI callable: read the body, pass the gate, act, answer.

Bare, because a request costs a third less than through a framework's route; the same small path serves every POST.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import structlog

from collector import gate, metrics
from collector.beacon import MAX_BODY
from collector.context import Context
from collector.gate import Arrival, Step
from collector.refusal import Refusal, Refused
from collector.spool import SpoolError, SpoolFull

BODY_S = 10.0  # a body of 16 KiB that takes longer is not sent by a browser
JSON = (b"content-type", b"application/json")

log = structlog.get_logger("collector")


class Answer(NamedTuple):
    """Status and JSON body of a request that was acted on."""

    status: int
    body: bytes = b""


Act = Callable[[Context, Arrival], Awaitable[Answer]]


class Post:
    """One POST route: its steps of the gate, then what it does."""

    def __init__(self, context: Context, steps: tuple[Step, ...], act: Act) -> None:
        self._context = context
        self._steps = steps
        self._act = act

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        context = self._context
        try:
            arrival = Arrival(context, scope, await read_body(receive))
            try:
                gate.passed(self._steps, arrival)
            except Refused as refused:
                if not gate.unknown_to_us(arrival, refused):
                    raise
                await context.learn()
                gate.passed(self._steps, arrival)
            status, body = await self._act(context, arrival)
            headers = [JSON] if body else []
        except Refused as refused:
            status, body, headers = _refuse(refused)
        except SpoolError as error:
            full = isinstance(error, SpoolFull)
            refusal = Refusal.QUEUE_FULL if full else Refusal.UNAVAILABLE
            status, body, headers = _refuse(Refused(refusal, retry_after=error.retry_after))
        except Exception as error:  # fail closed; the cause without its text, which might hold what was sent
            log.error("request failed", route=scope["path"], error=type(error).__name__)
            status, body, headers = _refuse(Refused(Refusal.UNAVAILABLE, retry_after=5))
        headers += cors(context, scope)
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def read_body(receive: Any) -> bytes:
    """The request's body, at most one byte over the limit (the gate refuses that). Raises Refused(SLOW)."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    try:
        async with asyncio.timeout(BODY_S):
            while message.get("more_body") and len(body) <= MAX_BODY:
                message = await receive()
                body += message.get("body", b"")
    except TimeoutError:
        raise Refused(Refusal.SLOW) from None
    return body


def cors(context: Context, scope: Any) -> list[tuple[bytes, bytes]]:
    """The headers that let the page that asked, and no other, read the answer."""
    headers = [(b"vary", b"Origin"), (b"cache-control", b"no-store")]
    origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    if origin and (gate.allowed_origin(context, origin.decode("latin-1")) or is_own(scope, origin)):
        headers.append((b"access-control-allow-origin", origin))
        headers.append((b"access-control-expose-headers", b"Retry-After"))
    return headers


def is_own(scope: Any, origin: bytes) -> bool:
    """Whether an Origin is the address the request itself was sent to."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return bool(host) and origin in (b"https://" + host, b"http://" + host)


def _refuse(refused: Refused) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    metrics.REFUSED[refused.refusal].inc()
    headers = [header for header in refused.headers if header[0] != b"cache-control"]
    if refused.refusal is Refusal.METHOD:
        headers.append((b"allow", b"POST"))
    return refused.refusal.status, refused.body, headers
