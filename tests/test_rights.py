"""When an erasure is called done: never before its own bytes are gone."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector import rights as rightses
from collector.consent import rights
from collector.rights import Rights
from collector.state.database import State
from collector.state.follow import Follower
from collector.state.tables import job

NOW = int(time.time()) - 3600


class Owner:
    """An owner as `Rights` sees it, and its store; a test says what happens while spool segments go."""

    def __init__(self, begun: int) -> None:
        self.store = self
        self.begun = datetime.fromtimestamp(begun, UTC)
        self.meanwhile: Callable[[], Any] | None = None

    async def disperse(self) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()

    erase_now = disperse

    async def leave_old(self) -> None:
        pass


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    found = await asyncio.to_thread(State.open, tmp_path)
    yield found
    await found.close()


async def asked(state: State, secret: str, at: int) -> None:
    async with state.write(followed=False) as connection:
        await connection.execute(job.insert().values(id=rights._hash(secret), asked_at=at, done_at=None))


async def done(state: State, secret: str) -> bool:
    async with state.read() as connection:
        found = await rights.find_job(connection, secret)
    assert found is not None
    return found.done_at is not None


async def test_a_rewrite_that_ends_while_the_spool_follows_another_marks_nothing_more(
    state: State, tmp_path: Path
) -> None:
    owner = Owner(begun=NOW + 10)
    await asked(state, "first", NOW)

    async def erased_and_rewritten() -> None:
        await asked(state, "second", NOW + 20)  # a segment of just now may hold rows of theirs
        owner.begun = datetime.fromtimestamp(NOW + 60, UTC)

    owner.meanwhile = erased_and_rewritten
    found = Rights(owner, Follower(state), tmp_path)  # type: ignore[arg-type]
    await found._clear()
    assert (await done(state, "first"), await done(state, "second")) == (True, False)
    owner.meanwhile = None
    await found._clear()
    assert await done(state, "second")


async def test_a_clock_that_was_set_back_holds_up_no_erasure(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rightses, "UNDER_WAY_SECONDS", 0.05)
    await asked(state, "an hour ahead", int(time.time()) + 3600)
    found = Rights(Owner(begun=int(time.time())), Follower(state), tmp_path)  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        await found.erase_now()
    assert not await done(state, "an hour ahead")
