"""Acknowledged is stored, once: under kill -9 of the spool's writer and the store's owner, and with damaged logs.

HARD_KILLS=200 sets the number of kills; the default takes a few seconds.
"""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.owner import Owner
from collector.settings import Settings
from tests.faults.actors import AT_ONCE
from tests.rows import Known

KILLS = int(os.environ.get("HARD_KILLS", "10"))
SETTLE_SECONDS = 60


async def start(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.faults.actors", *arguments, stdout=PIPE)


async def kill(process: Process) -> list[int]:
    """Kill, and give back the numbers it had acknowledged."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    told = await process.stdout.read()
    await process.wait()
    # A number cut in two by the kill was not told whole.
    return [int(word) for word in told.rpartition(b"\n")[0].split() if word.isdigit()]


async def test_acknowledged_is_stored_once(tmp_path: Path) -> None:
    choose = random.Random()
    acknowledged: set[int] = set()
    first = 0
    owner = await start("own", str(tmp_path))
    writer = await start("append", str(tmp_path), "0")
    for _ in range(KILLS):
        await asyncio.sleep(choose.uniform(0.2, 1.2))
        if choose.random() < 0.5:
            await kill(owner)
            owner = await start("own", str(tmp_path))
            continue
        acknowledged.update(await kill(writer))
        # Each sender goes on with its first number that was not acknowledged: some of those are stored already.
        first = max(first, max(acknowledged, default=0) - AT_ONCE)
        writer = await start("append", str(tmp_path), str(first))
    await asyncio.sleep(0.7)
    acknowledged.update(await kill(writer))
    await kill(owner)

    assert len(acknowledged) > 50
    await assert_stored_once(tmp_path, acknowledged)


def truncate(log: Path) -> None:
    os.truncate(log, log.stat().st_size // 2)


def flip(log: Path) -> None:
    whole = bytearray(log.read_bytes())
    whole[len(whole) // 2] ^= 16
    log.write_bytes(whole)


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink], ids=["truncated", "bit flipped", "gone"])
async def test_a_damaged_log_of_the_store_loses_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """The spool keeps what the store has not checkpointed, so a log may break at any time."""
    acknowledged: set[int] = set()
    writer = await start("append", str(tmp_path), "0")
    for _ in range(2):
        owner = await start("own", str(tmp_path), "1.5")
        await asyncio.sleep(3)
        await kill(owner)
        for log in await asyncio.to_thread(lambda: list(tmp_path.glob("events/*.wal"))):
            await asyncio.to_thread(damage, log)
    acknowledged.update(await kill(writer))
    assert len(acknowledged) > 50
    await assert_stored_once(tmp_path, acknowledged)
    assert await asyncio.to_thread(lambda: list(tmp_path.glob("events/*.damaged"))) == []


async def assert_stored_once(data: Path, acknowledged: set[int]) -> None:
    """Start an owner, let it load all there is, and count."""
    last = await Owner.start(Settings(data=str(data)), Known())
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            while not last.loader.complete_to:
                await asyncio.sleep(0.05)
        async with last.store.snapshot() as snapshot:
            rows = await snapshot.fetch("SELECT visit, count(*), count(DISTINCT nth) FROM event GROUP BY visit")
    finally:
        await last.stop()
    assert acknowledged - {visit for visit, _, _ in rows} == set()
    assert [row for row in rows if row[1:] != (2, 2)] == []
