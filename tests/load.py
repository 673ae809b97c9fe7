"""Visitors sent over HTTP by many connections at once, each batch again and again until it is acknowledged."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2
import msgspec

from tests.visitors import Visitor, body
from tests.wire import yes

CONNECTIONS = 32
TRIES = 600  # of 0.05 to 0.5 s each: far longer than a restart takes, and an end
TIMEOUT_S = 5


@dataclass
class Sent:
    """What was acknowledged, and what it took."""

    events: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    """Requests that ended without an answer, as a kill -9 leaves them."""


async def send_all(url: str, visitors: Sequence[Visitor]) -> Sent:
    """Every visitor says yes and sends its batches in order; returns when all of them are acknowledged."""
    sent = Sent()
    waiting = iter(visitors)
    limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx2.AsyncClient(base_url=url, limits=limits, timeout=TIMEOUT_S, trust_env=False) as client:

        async def connection() -> None:
            for visitor in waiting:
                await _visit(client, visitor, sent)

        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(connection())
    return sent


async def _visit(client: httpx2.AsyncClient, visitor: Visitor, sent: Sent) -> None:
    said = await _until(client, "/c/consent", msgspec.json.encode(yes(purposes=visitor.purposes)), visitor, sent, 201)
    token = said.json()["token"]
    for batch in visitor.batches:
        answer = await _until(client, "/c/events", body(token, batch), visitor, sent, 202)
        sent.events += answer.json()["stored"]


async def _until(
    client: httpx2.AsyncClient, path: str, content: bytes, visitor: Visitor, sent: Sent, status: int
) -> httpx2.Response:
    for attempt in itertools.count():
        try:
            answer = await client.post(path, content=content, headers=visitor.headers)
        except httpx2.HTTPError:
            sent.broken += 1
        else:
            sent.statuses[answer.status_code] += 1
            if answer.status_code == status:
                return answer
            assert answer.status_code in (429, 503), (answer.status_code, answer.text)
        assert attempt < TRIES, f"{path} was not answered with {status} in {TRIES} tries"
        await asyncio.sleep(min(0.5, 0.05 * (attempt + 1)))
    raise AssertionError
