"""The event store for readers who do not wait for ever: where all its places stay taken, they are told so."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from collector.store.interface import Row, Size, SizedStore, Snapshot
from collector.store.migrate import StoreError

PATIENCE_S = (
    15  # a rewrite holds readers up for 2 s at most; who waits longer than this has gone away or gets impatient
)

LONGEST_S = 60
"""Of one statement. On a store of 100 million events the slowest panel takes a few; nobody waits longer than this."""


class TooLong(StoreError):
    """A report was given up, so that it does not hold up all the others."""


class _BoundedSnapshot:
    """A snapshot whose statements take LONGEST_S at most."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """As the snapshot's own. Raises TooLong; the engine has stopped by then."""
        try:
            async with asyncio.timeout(LONGEST_S):
                return await self._snapshot.fetch(sql, params)
        except TimeoutError:
            raise TooLong from None


class PatientStore:
    """A store whose snapshots come within PATIENCE_S, or not at all, and whose reports end."""

    def __init__(self, store: SizedStore) -> None:
        self._store = store

    @property
    def unbounded(self) -> SizedStore:
        """The store itself, for what may take as long as it takes."""
        return self._store

    @property
    def complete_to(self) -> datetime:
        """As the store's own."""
        return self._store.complete_to

    async def size(self) -> Size:
        """As the store's own."""
        return await self._store.size()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """A read transaction. Raises StoreError when none is to be had, and TooLong for a statement."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    snapshot = await stack.enter_async_context(self._store.snapshot())
            except TimeoutError:
                raise StoreError("The event store is busy with other reports.") from None
            yield _BoundedSnapshot(snapshot)
