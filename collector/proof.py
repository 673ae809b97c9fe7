"""Verifies a store in use for whoever asks its owner, or opens a store that nobody owns."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from collector.consent.keys import Keys
from collector.consent.verify import Verifier, bounds
from collector.control import Control
from collector.state.database import State
from collector.store.erasures import Erasures
from collector.store.interface import Snapshot

Snapshots = Callable[[], AbstractAsyncContextManager[Snapshot]]


def offer(
    control: Control, data: Path, erasures: Erasures, erase: Callable[[], Awaitable[Any]], snapshots: Snapshots
) -> None:
    """Answer `consent_verify` (parameter `site`, empty for all) and `consent_verify_share` at the owner's door.

    `erase` applies to the store what `erasures` knows.
    """
    prover = _Prover(data, erasures, erase, snapshots)
    control.register("consent_verify", prover.verify)
    control.register("consent_verify_share", prover.share)


class _Prover:
    def __init__(
        self, data: Path, erasures: Erasures, erase: Callable[[], Awaitable[Any]], snapshots: Snapshots
    ) -> None:
        self._data = data
        self._erasures = erasures
        self._erase = erase
        self._snapshots = snapshots
        self._turn = asyncio.Lock()
        self._running: Verifier | None = None

    async def verify(self, site: str) -> dict[str, Any]:
        """Verify the store as it is now; one at a time. Raises what the state database and the store raise."""
        async with self._turn, _state(self._data) as state:
            until = await bounds(state)
            await self._erasures.refresh()
            await self._erase()
            async with self._snapshots() as snapshot:
                self._running = Verifier(state, await _keys(self._data), snapshot, until, site, int(time.time()))
                try:
                    told: dict[str, Any] = msgspec.to_builtins(await self._running.run())
                    return told
                finally:
                    self._running = None

    async def share(self) -> float:
        """How much of the verification under way is done, from 0 to 1."""
        return await self._running.done() if self._running else 0.0


async def verifier(data: Path, state: State, snapshot: Snapshot, site: str) -> Verifier:
    """Of a store that this process has opened for itself; nothing is changed in it."""
    return Verifier(state, await _keys(data), snapshot, await bounds(state), site, int(time.time()))


async def _keys(data: Path) -> Keys:
    return await asyncio.to_thread(Keys.open, data)


@asynccontextmanager
async def _state(data: Path) -> AsyncIterator[State]:
    state = await asyncio.to_thread(State.open, data)
    try:
        yield state
    finally:
        await state.close()
