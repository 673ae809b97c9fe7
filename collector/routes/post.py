"""A POST route as a bare ASGI callable: read the body, pass the gate, act, answer.

Bare, because a request costs a third less than through a framework's route; the same small path serves every POST.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import structlog

from collector import gate, installation, metrics
from collector.beacon import MAX_BODY
from collector.context import Context
from collector.gate import Arrival, Step
from collector.http import WHOLE, Lines, line, unlined
from collector.origins import readable_by
from collector.refusal import Refusal, Refused
from collector.sightings import What
from collector.spool import SpoolError, SpoolFull

BODY_S = 10.0  # a body of 16 KiB that takes longer is not sent by a browser
JSON = line(b"content-type", b"application/json")
NO_STORE = line(b"cache-control", b"no-store")
VARY = line(b"vary", b"Origin")
_SAID_TOO: dict[Refusal, Lines] = {
    Refusal.METHOD: (line(b"allow", b"POST"),),
    Refusal.API_TOKEN: (line(b"www-authenticate", b'Bearer realm="byleave"'),),
}

log = structlog.get_logger("collector")


class Answer(NamedTuple):
    """Status, body and head of a request that was acted on; a long body is sent while it is made."""

    status: int
    body: bytes | AsyncIterator[bytes] = b""
    head: Lines = ()


Act = Callable[[Context, Arrival], Awaitable[Answer]]


class Post:
    """One POST route: its steps of the gate, then what it does."""

    def __init__(
        self,
        context: Context,
        steps: tuple[Step, ...],
        act: Act,
        readable: Callable[[Arrival], Lines] | None = None,
        refused: What | None = None,
    ) -> None:
        """`refused`: as what a refusal is noted for whoever installs the tag; None where no tag sends it."""
        self._context = context
        self._steps = steps
        self._act = act
        self._readable = readable or cors
        self._refused = refused

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        arrival = Arrival(self._context, scope)
        try:
            message = await receive()
            arrival.body = await _whole(message, receive) if message.get("more_body") else message.get("body", b"")
            try:
                gate.passed(self._steps, arrival)
            except Refused as refused:
                await self._learn(arrival, refused)
            status, body, head = await self._act(self._context, arrival)
        except Refused as refused:
            status, body, head = self._refuse(arrival, refused)
        except SpoolError as error:
            full = isinstance(error, SpoolFull)
            refusal = Refusal.QUEUE_FULL if full else Refusal.UNAVAILABLE
            status, body, head = self._refuse(arrival, Refused(refusal, retry_after=error.retry_after))
        except Exception as error:  # fail closed; the cause without its text, which might hold what was sent
            log.error("request failed", route=scope["path"], error=type(error).__name__)
            status, body, head = self._refuse(arrival, Refused(Refusal.UNAVAILABLE, retry_after=5))
        if not isinstance(body, bytes):
            await _stream(send, status, (*head, *self._readable(arrival)), body)
            return
        head = (*head, *self._readable(arrival), b"content-length: %d\r\n" % len(body))
        if arrival.method == "POST" and WHOLE in scope.get("extensions", ()):
            await send({"type": WHOLE, "status": status, "head": head, "body": body})
        else:
            await send({"type": "http.response.start", "status": status, "headers": unlined(head)})
            await send({"type": "http.response.body", "body": body})

    async def _learn(self, arrival: Arrival, refused: Refused) -> None:
        """Pass the gate after all where another process knows what this one did not. Raises Refused."""
        if not gate.unknown_to_us(arrival, refused):
            raise refused
        await self._context.learn()
        gate.passed(self._steps, arrival)

    def _refuse(self, arrival: Arrival, refused: Refused) -> Answer:
        metrics.refused[refused.refusal.slug] += 1
        if self._refused is not None:
            installation.refused(self._context, arrival, self._refused, refused.refusal)
        head = tuple(line(name, value) for name, value in refused.headers)
        return Answer(refused.refusal.status, refused.body, head + _SAID_TOO.get(refused.refusal, ()))


async def _stream(send: Any, status: int, head: Lines, parts: AsyncIterator[bytes]) -> None:
    """Send a body part by part. Where one cannot be made the answer breaks off, which its reader sees."""
    await send({"type": "http.response.start", "status": status, "headers": unlined(head)})
    try:
        async for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    except Exception as error:  # without its text, which might hold what was read
        log.error("answer broken off", error=type(error).__name__)
        return
    await send({"type": "http.response.body", "body": b""})


async def _whole(message: Any, receive: Any) -> bytes:
    """A body that comes in parts, at most one byte over the limit (the gate refuses that). Raises Refused(SLOW)."""
    body: bytes = message.get("body", b"")
    try:
        async with asyncio.timeout(BODY_S):
            while message.get("more_body") and len(body) <= MAX_BODY:
                message = await receive()
                if message["type"] == "http.disconnect":  # what came of it may read like a whole one
                    raise Refused(Refusal.SLOW)
                body += message.get("body", b"")
    except TimeoutError:
        raise Refused(Refusal.SLOW) from None
    return body


def cors(arrival: Arrival) -> Lines:
    """The headers that let the page that asked, and no other, read the answer."""
    raw = arrival.header(b"origin")
    origin = arrival.context.origins.find(raw)
    if origin is not None:
        return origin.head
    return readable_by(raw) if raw and is_own(arrival, raw) else (VARY,)


def unreadable(_arrival: Arrival) -> Lines:
    """No header that lets a page read the answer: an API token has no place in a page."""
    return ()


def is_own(arrival: Arrival, origin: bytes) -> bool:
    """Whether an Origin is the address the request itself was sent to."""
    host = arrival.header(b"host")
    return bool(host) and origin in (b"https://" + host, b"http://" + host)
