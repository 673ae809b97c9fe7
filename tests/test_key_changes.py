"""Following the keys ends when it is told to."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from collector.key_changes import follow


@pytest.mark.parametrize("turns", range(5))
async def test_it_ends_though_the_state_changes_at_that_moment(turns: int) -> None:
    read = asyncio.Event()

    async def read_keys() -> None:
        read.set()

    context: Any = SimpleNamespace(follower=SimpleNamespace(on_change=[]), read_keys=read_keys)
    following = asyncio.create_task(follow(context))
    await read.wait()
    await asyncio.sleep(0)
    context.follower.on_change[0]()
    for _ in range(turns):  # of the event loop between the change and the stop
        await asyncio.sleep(0)
    following.cancel()
    done, _ = await asyncio.wait([following], timeout=3)
    assert done
    assert context.follower.on_change == []
