"""People who say yes, browse, and some of whom withdraw, again and again through whatever happens to the server.

Everything a person does is repeated until it is acknowledged, so at the end nothing is undecided: what the store must
hold is known row by row.
"""

import asyncio
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx2
import msgspec

from tests.visitors import AGENTS
from tests.wire import ORIGIN, random16, yes

AT_ONCE = 12
PAUSE_SECONDS = 0.02
TIMEOUT_SECONDS = 10
"""Longer than a consent waits for a lock on the state before it gives up."""
PATIENCE_SECONDS = 90
"""How long one request is repeated: far longer than a restart takes, and an end."""

Row = tuple[str, int, str]
"""Path, number within the visit, kind: no two events share it."""


@dataclass
class Told:
    """What the servers said."""

    kept: Counter[Row] = field(default_factory=Counter)
    """Rows acknowledged, of people who did not withdraw: the store holds exactly these."""
    withdrawn: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    retry_after: Counter[str] = field(default_factory=Counter)
    """Values of Retry-After in answers 503; "" where there was none."""
    broken: int = 0
    """Requests that ended without an answer, as a kill -9 leaves them."""


class People:
    """Runs in a thread of its own from entering to leaving; leaving waits until all is acknowledged."""

    def __init__(self, *urls: str, chance: random.Random, withdraw: float = 0.15, first: int = 1) -> None:
        self.told = Told()
        self._urls = itertools.cycle(urls)
        self._chance = random.Random(chance.random())
        self._withdraw = withdraw
        self._numbers = itertools.count(first)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._enough.set()
        self._thread.join(PATIENCE_SECONDS * 3)
        assert not self._thread.is_alive()
        if self._error is not None and kind is None:
            raise self._error

    def wait(self, events: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Until so many more events are acknowledged."""
        wanted = self.told.kept.total() + events
        self.until(lambda: self.told.kept.total() >= wanted, f"{events} more events acknowledged", seconds)

    def until(self, condition: Any, what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Until something holds; fails when it does not come, or when a person met what may not be."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self._error is not None:
                raise self._error
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}; {self.told.statuses}"
            time.sleep(0.02)

    def _run(self) -> None:
        try:
            asyncio.run(self._everybody())
        except BaseException as error:
            self._error = error

    async def _everybody(self) -> None:
        limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        async with (
            httpx2.AsyncClient(limits=limits, timeout=TIMEOUT_SECONDS, trust_env=False) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(AT_ONCE):
                group.create_task(self._browse(client))

    async def _browse(self, client: httpx2.AsyncClient) -> None:
        while not self._enough.is_set():
            await self._person(client, next(self._numbers))

    async def _person(self, client: httpx2.AsyncClient, number: int) -> None:
        """One visit. Whoever withdraws sends one more batch after it, as a tab does that has not heard of it yet."""
        token = (await self.send(client, "/c/consent", yes(), 201)).json()["token"]
        visit, sent, nth = random16(), Counter[Row](), 0
        for batch in range(self._chance.randint(1, 5)):
            rows, body = _batch(token, visit, number, batch, nth, self._chance.randint(1, 6))
            await self.send(client, "/c/events", body, 202)
            sent.update(rows)
            nth += len(rows)
            await asyncio.sleep(PAUSE_SECONDS)
        if self._chance.random() >= self._withdraw:
            self.told.kept.update(sent)
            return
        await self.send(client, "/c/withdraw", {"t": token}, 204)
        self.told.withdrawn += 1
        # Another process may take it for a moment yet (202); the store must not.
        await self.send(client, "/c/events", _batch(token, visit, number, 99, nth, 2)[1], 410, 202)

    async def send(self, client: httpx2.AsyncClient, path: str, body: Any, *wanted: int) -> httpx2.Response:
        """Repeat a request until it is answered with one of the wanted statuses."""
        content = msgspec.json.encode(body)
        headers = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": AGENTS[0].text}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = await client.post(next(self._urls) + path, content=content, headers=headers)
            except httpx2.HTTPError:
                self.told.broken += 1
            else:
                self.told.statuses[answer.status_code] += 1
                if answer.status_code in wanted:
                    return answer
                assert answer.status_code == 503, (path, answer.status_code, answer.text)
                self.told.retry_after[answer.headers.get("retry-after", "")] += 1
            assert time.monotonic() < deadline, f"{path} was not answered with {wanted} in {PATIENCE_SECONDS} s"
            await asyncio.sleep(0.1)


def _batch(
    token: str, visit: str, person: int, batch: int, nth: int, size: int
) -> tuple[Sequence[Row], dict[str, Any]]:
    paths = [f"/p{person}/b{batch}/e{place}" for place in range(size)]
    events = [{"k": "pageview", "p": path, "r": "", "a": 0} for path in paths]
    rows = [(path, nth + place, "pageview") for place, path in enumerate(paths)]
    return rows, {"t": token, "v": visit, "n": random16(), "i": nth, "e": events}
