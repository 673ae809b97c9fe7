"""The event store for readers who do not wait for ever: where all its places stay taken, they are told so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from collector.store.interface import Size, SizedStore, Snapshot
from collector.store.migrate import StoreError

PATIENCE_S = (
    15  # a rewrite holds readers up for 2 s at most; who waits longer than this has gone away or gets impatient
)


class PatientStore:
    """A store whose snapshots come within PATIENCE_S, or not at all."""

    def __init__(self, store: SizedStore) -> None:
        self._store = store

    @property
    def complete_to(self) -> datetime:
        """As the store's own."""
        return self._store.complete_to

    async def size(self) -> Size:
        """As the store's own."""
        return await self._store.size()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """A read transaction. Raises StoreError when none is to be had."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    snapshot = await stack.enter_async_context(self._store.snapshot())
            except TimeoutError:
                raise StoreError("The event store is busy with other reports.") from None
            yield snapshot
