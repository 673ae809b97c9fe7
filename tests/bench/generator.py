"""A load generator cheap enough to keep a server on another core busy: keep-alive, requests cut from templates."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import uvloop

CONNECTIONS = 64
TICK_S = 0.001
GRACE_S = 10.0
"""How long answers may take to arrive after the last request; what is missing then is an error."""

Requests = Iterator[bytes]


class LoadError(Exception):
    """An answer was not the expected one, or did not come."""


@dataclass
class Answers:
    """What came back in one run."""

    count: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Seconds from the moment a request was due, so that a stall counts for all that had to wait behind it."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.count / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in seconds that this share of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def numbered(templates: list[tuple[bytes, bytes]]) -> Requests:
    """Requests without end, each with a nonce of its own between the halves of the next template."""
    start = time.time_ns()
    halves = itertools.cycle(templates)
    for number in itertools.count(start):
        before, after = next(halves)
        # 16 bytes in base64url are 22 characters of which the last is one of AQgw; digits are among the rest.
        yield b"%s%021dA%s" % (before, number, after)


def saturate(port: int, requests: Requests, status: int, seconds: float) -> Answers:
    """As many as the server takes for so many seconds: every connection sends its next request at once."""
    return uvloop.run(_run(port, requests, status, partial(_all_out, seconds)))


def pace(port: int, requests: Requests, status: int, seconds: float, rate: float) -> Answers:
    """`rate` requests a second on a fixed schedule, whether or not the server keeps up."""
    return uvloop.run(_run(port, requests, status, partial(_scheduled, seconds, rate)))


class _Connection(asyncio.Protocol):
    """One request on the wire at a time; what is due meanwhile waits in `due`."""

    def __init__(self, requests: Requests, status: int, answers: Answers) -> None:
        self._requests, self._answers = requests, answers
        self._expected = b"HTTP/1.1 %d" % status
        self._buffer = b""
        self._busy_since = 0.0
        self.due: deque[float] = deque()
        self.again = False
        self.failure: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class does not inherit from it

    def connection_lost(self, _error: Exception | None) -> None:
        self.failure = self.failure or "the server closed a connection"

    @property
    def idle(self) -> bool:
        return not self._busy_since and not self.due

    def send(self, due: float) -> None:
        """Send now, or as soon as the answer under way has come."""
        if self._busy_since:
            self.due.append(due)
            return
        self._busy_since = due
        self.transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not _whole(self._buffer):
            return
        if not self._buffer.startswith(self._expected):
            self.failure = self._buffer[:300].decode("latin-1")
            self.transport.close()
            return
        now = time.perf_counter()
        self._answers.count += 1
        self._answers.latencies.append(now - self._busy_since)
        self._buffer, self._busy_since = b"", 0.0
        if self.due:
            self.send(self.due.popleft())
        elif self.again:
            self.send(now)


def _whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = answer.find(b"content-length: ", 0, end)
    length = int(answer[at + 16 : answer.index(b"\r", at)]) if at >= 0 else 0
    return len(answer) >= end + 4 + length


async def _run(
    port: int, requests: Requests, status: int, drive: Callable[[list[_Connection]], Awaitable[None]]
) -> Answers:
    loop, answers = asyncio.get_running_loop(), Answers()
    opened = [
        await loop.create_connection(lambda: _Connection(requests, status, answers), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    connections = [connection for _, connection in opened]
    began = time.perf_counter()
    await drive(connections)
    deadline = time.perf_counter() + GRACE_S
    while not all(connection.idle or connection.failure for connection in connections):
        if time.perf_counter() > deadline:
            raise LoadError(f"Some answers did not come within {GRACE_S:.0f} s.")
        await asyncio.sleep(TICK_S)
    answers.seconds = time.perf_counter() - began
    failed = [connection.failure for connection in connections if connection.failure]
    for connection in connections:
        connection.transport.close()
    if failed:
        raise LoadError(f"{len(failed)} connections failed, the first with: {failed[0]}")
    return answers


async def _all_out(seconds: float, connections: list[_Connection]) -> None:
    for connection in connections:
        connection.again = True
        connection.send(time.perf_counter())
    await asyncio.sleep(seconds)
    for connection in connections:
        connection.again = False


async def _scheduled(seconds: float, rate: float, connections: list[_Connection]) -> None:
    began, sent, turn = time.perf_counter(), 0, itertools.cycle(connections)
    while sent < rate * seconds:
        due = min(int((time.perf_counter() - began) * rate), int(rate * seconds) + 1)
        for number in range(sent, due):
            next(turn).send(began + number / rate)
        sent = due
        await asyncio.sleep(TICK_S)
