"""The store for a command: from its owner where one runs, else opened by the command alone."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from collector.control import NoOwner, call
from collector.owner_lock import take_lock
from collector.settings import Settings
from collector.store.duckdb import DuckStore
from collector.store.generation import Place


async def described(settings: Settings) -> list[dict[str, Any]]:
    """The columns of the store in words, from its owner where one runs. Raises StoreError when it cannot be opened."""
    try:
        columns: list[dict[str, Any]] = await call(settings.data_path, "schema")
        return columns
    except NoOwner:
        async with own_store(settings) as store:
            return [msgspec.to_builtins(column) for column in await store.schema()]


@contextlib.asynccontextmanager
async def own_store(settings: Settings) -> AsyncIterator[DuckStore]:
    """The store, owned by this process alone meanwhile; nothing is loaded. Raises OwnerRunning, StoreError, OSError."""
    lock = await asyncio.to_thread(take_lock, settings.data_path)
    try:
        store = await DuckStore.open(Place.of(settings))
        try:
            yield store
        finally:
            await store.close()
    finally:
        await asyncio.to_thread(os.close, lock)
