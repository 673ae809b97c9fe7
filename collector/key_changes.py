"""Follow the keys: they may have been rotated, and one killed, whenever the change counter of the state moves.

Their file is looked at every second besides: a rotation may have been killed between writing it and moving the counter.
A process that cannot read them then does not know which was killed, and says so (`keys_known`), so that the gate
refuses.
"""

import asyncio
import contextlib

import structlog

from collector.consent.keys import KeysError
from collector.context import Context

RETRY_S = 1.0
LOOK_S = 1.0

log = structlog.get_logger("keys")


async def follow(context: Context) -> None:
    """Read the keys again at each change, until cancelled."""
    changed = asyncio.Event()
    changed.set()  # whatever happened before this began
    context.follower.on_change.append(changed.set)
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await changed.wait()
            changed.clear()
            try:
                await context.read_keys()
            except KeysError as error:
                log.error("keys_not_read", told=str(error))
                await asyncio.sleep(RETRY_S)
                changed.set()
    finally:
        context.follower.on_change.remove(changed.set)
