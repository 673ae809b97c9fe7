"""The nightly rewrite of a filled store while events are collected and loaded: what waits for it, and how long."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from collector.owner import Owner
from collector.settings import Settings
from collector.spool import Spool
from tests.bench.row import Row
from tests.rows import Known, batch, line

BATCHES_A_SECOND = 100
BATCH = 20
SAMPLE_S = 0.02
BEFORE_S = 5.0


@dataclass
class Waits:
    """What was seen in one stretch of time; all in seconds."""

    collecting: list[float] = field(default_factory=list)
    """From handing a batch to the spool to its commit."""
    loading: list[float] = field(default_factory=list)
    """How old the newest moment is up to which all that was acknowledged is in the reports."""

    def told(self) -> str:
        """In one line."""
        return (
            f"commit p99 {self.commit(0.99) * 1000:.1f} ms, slowest {max(self.collecting) * 1000:.0f} ms; "
            f"loading behind by {statistics.median(self.loading):.2f} s, at most {max(self.loading):.2f} s"
        )

    def commit(self, share: float) -> float:
        """The time that this share of the commits did not exceed."""
        return sorted(self.collecting)[int(share * (len(self.collecting) - 1))]


@dataclass
class Rewritten:
    """One rewrite under load."""

    seconds: float
    before: Waits
    during: Waits

    def rows(self, of: str) -> list[Row]:
        """The lines of the table; `of`: how much was stored."""
        pause, commit = max(self.during.loading), max(self.during.collecting)
        before, during = (waits.commit(0.99) * 1000 for waits in (self.before, self.during))
        rate = f"{BATCHES_A_SECOND * BATCH:,} events a second coming in"
        return [
            Row(
                f"pause of loading during a rewrite ({of}, {rate}; {self.seconds:.0f} s)",
                "≤ 2 s", f"{pause:.2f} s ({max(self.before.loading):.2f} s without)", pause <= 2.0,
            ),
            Row(
                "slowest commit of the spool during that rewrite, in the process that rewrites",
                "≤ 1 s", f"{commit * 1000:.0f} ms (p99 {during:.0f} ms, {before:.0f} ms without)", commit <= 1.0,
            ),
        ]  # fmt: skip


async def rewrite(settings: Settings) -> Rewritten:
    """Collect, load and rewrite in one process, as `serve` does."""
    owner = await Owner.start(settings, Known())
    spool = await Spool.open(settings.data_path / "spool")
    spool.on_commit = owner.wake
    before, during = Waits(), Waits()
    try:
        await _watch(owner, spool, before, asyncio.create_task(asyncio.sleep(BEFORE_S)))
        print(f"  before the rewrite: {before.told()}", flush=True)
        rewriting = asyncio.create_task(_rewritten(owner))
        await _watch(owner, spool, during, rewriting)
        print(f"  during the rewrite ({rewriting.result():.1f} s): {during.told()}", flush=True)
    finally:
        await spool.close()
        await owner.stop()
    return Rewritten(rewriting.result(), before, during)


async def _rewritten(owner: Owner) -> float:
    began = time.perf_counter()
    await owner.erase_now()
    return time.perf_counter() - began


async def _watch(owner: Owner, spool: Spool, waits: Waits, until: "asyncio.Task[Any]") -> None:
    """Send and sample until a task is done. A stall of one never holds the other up."""
    while not owner.store.complete_to.timestamp():
        await asyncio.sleep(SAMPLE_S)
    await asyncio.gather(until, _send(spool, waits, until), _sample(owner, waits, until))


async def _send(spool: Spool, waits: Waits, until: "asyncio.Task[Any]") -> None:
    async def append(rows: list[bytes]) -> None:
        sent = time.perf_counter()
        await spool.append(batch(*rows))
        waits.collecting.append(time.perf_counter() - sent)

    async with asyncio.TaskGroup() as under_way:
        while not until.done():
            now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
            rows = [line(site="bench.example", occurred_at=now, visit=time.time_ns(), nth=nth) for nth in range(BATCH)]
            under_way.create_task(append(rows))
            await asyncio.sleep(1 / BATCHES_A_SECOND)


async def _sample(owner: Owner, waits: Waits, until: "asyncio.Task[Any]") -> None:
    while not until.done():
        waits.loading.append(time.time() - owner.store.complete_to.timestamp())
        await asyncio.sleep(SAMPLE_S)
