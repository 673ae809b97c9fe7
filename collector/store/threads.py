"""Runs the engine's blocking calls in threads, so that whoever stops waiting also stops the work."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")

INTERRUPT_SECONDS = 0.02
"""How often an interrupt is repeated: one that comes before the engine has begun is lost."""


async def run(pool: Executor | None, work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> T:
    """The result of `work`, run in `pool` (None: the event loop's own).

    Cancelled, it interrupts the work, or lets it end, before it gives way.
    """
    future = asyncio.get_running_loop().run_in_executor(pool, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await _settle(future, interrupt)
        raise


async def _settle(future: "asyncio.Future[T]", interrupt: Callable[[], None] | None) -> None:
    while not future.done():
        if interrupt is not None:
            interrupt()
        try:
            await asyncio.wait({future}, timeout=INTERRUPT_SECONDS if interrupt else None)
        except asyncio.CancelledError:
            continue
    if not future.cancelled():
        future.exception()
