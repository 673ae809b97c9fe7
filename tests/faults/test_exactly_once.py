"""Acknowledged is stored, once: under kill -9 of the spool's writer and the store's owner, with nothing else between.

Without HTTP ten times as much is under way when a kill comes. HARD_KILLS=200 sets the number of kills.
"""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from collector.owner import Owner
from collector.settings import Settings
from tests.faults.actors import AT_ONCE
from tests.rows import Known

KILLS = int(os.environ.get("HARD_KILLS", "4"))
SETTLE_SECONDS = 60


async def start(*arguments: str) -> Process:
    """An actor that is ready."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.faults.actors", *arguments, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def kill(process: Process) -> list[int]:
    """Kill, and give back the numbers it had acknowledged."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    told = await process.stdout.read()
    await process.wait()
    # A number cut in two by the kill was not told whole.
    return [int(word) for word in told.rpartition(b"\n")[0].split() if word.isdigit()]


@pytest.mark.timeout(60 + KILLS * 5)
async def test_acknowledged_is_stored_once(tmp_path: Path, chance: random.Random) -> None:
    acknowledged: set[int] = set()
    first = 0
    owner = await start("own", str(tmp_path))
    writer = await start("append", str(tmp_path), "0")
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.0))
        if chance.random() < 0.5:
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
