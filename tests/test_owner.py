"""The owner: one at a time, quick to load and to erase, back on its feet after trouble."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from structlog.testing import capture_logs

from collector import owner as owners
from collector import spool as spools
from collector.control import NoOwner, call
from collector.owner import Owner
from collector.owner_lock import OwnerRunning
from collector.retention import Retention
from collector.rewriting import Rewriting
from collector.settings import Settings
from collector.spool import Spool
from collector.state.database import StateError
from collector.store.erasures import Narrowing
from collector.store.migrate import StoreError
from tests.rows import SUBJECT, Known, batch, line

COUNT = "SELECT count(*) FROM event"


def settings(data: Path, **more: Any) -> Settings:
    return Settings(data=str(data), duckdb_memory="500MB", duckdb_threads=1, **more)


class House:
    """A spool and the owner beside it, in one process."""

    def __init__(self, data: Path, spool: Spool, owner: Owner, known: Known) -> None:
        self.data, self.spool, self.owner, self.known = data, spool, owner, known

    async def fetch(self, statement: str) -> list[Any]:
        async with self.owner.store.snapshot() as snapshot:
            return await snapshot.fetch(statement)

    async def until(self, statement: str, rows: list[Any], seconds: float = 10) -> float:
        """Wait until a query answers so; returns the seconds it took."""
        started = time.monotonic()
        async with asyncio.timeout(seconds):
            while await self.fetch(statement) != rows:
                await asyncio.sleep(0.01)
        return time.monotonic() - started


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for house in build(tmp_path):
        yield house


async def build(data: Path, retention: Retention | None = None, **more: Any) -> AsyncIterator[House]:
    known = Known()
    spool = await Spool.open(data / "spool")
    owner = await Owner.start(settings(data, **more), known, retention)
    yield House(data, spool, owner, known)
    await spool.close()
    await owner.stop()


@pytest.mark.parametrize("hook", [True, False], ids=["woken", "polling"])
async def test_a_committed_batch_is_soon_in_the_reports(house: House, hook: bool) -> None:
    house.spool.on_commit = house.owner.wake if hook else None
    waits = []
    for number in range(1, 6):
        await house.spool.append(batch())
        waits.append(await house.until(COUNT, [(number,)]))
    # The machine may be busy with something else once; five times in a row it is not.
    assert min(waits) < 0.4


async def test_complete_to_follows_the_clock(house: House) -> None:
    await house.spool.append(batch())
    await complete_to_moves(house)
    assert await house.fetch(COUNT) == [(1,)]


async def test_a_tombstone_takes_the_rows_out_of_the_reports(house: House) -> None:
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])
    house.known.dead.add(SUBJECT)
    await house.until(COUNT, [(0,)])
    await house.spool.append(batch())
    async with asyncio.timeout(10):
        while not house.owner.loader.counts.erased:
            await asyncio.sleep(0.02)
    assert await house.fetch(COUNT) == [(0,)]
    assert await house.fetch("SELECT sum(visits) FROM erased") == [(1,)]


async def test_a_narrowing_reaches_stored_rows(house: House) -> None:
    await house.spool.append(batch(line(visitor=7)))
    await house.until("SELECT visitor FROM event", [(7,)])
    house.known.narrow[SUBJECT] = Narrowing({"returning": 2**31, "ads": 2**31})
    await house.until("SELECT visitor FROM event", [(None,)])


async def test_a_checkpoint_waits_for_who_reads_what_was_narrowed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.spool.append(batch(line(visitor=7)))
    await house.until("SELECT visitor FROM event", [(7,)])
    monkeypatch.setattr(owners, "CHECKPOINT_SECONDS", 0.0)
    async with house.owner.store.snapshot() as snapshot:
        assert await snapshot.fetch("SELECT visitor FROM event") == [(7,)]
        house.known.narrow[SUBJECT] = Narrowing({"returning": 2**31, "ads": 2**31})
        await house.until("SELECT visitor FROM event", [(None,)])
        await complete_to_moves(house)
        assert house.owner.healthy
        assert await house.owner.store.log_bytes() > 0
    async with asyncio.timeout(10):
        while await house.owner.store.log_bytes():
            await asyncio.sleep(0.02)


async def test_nothing_is_loaded_while_the_state_is_out_of_reach(house: House) -> None:
    house.known.reachable = False
    await house.spool.append(batch())
    async with asyncio.timeout(10):
        while house.owner.healthy:
            await asyncio.sleep(0.02)
    assert await house.fetch(COUNT) == [(0,)]
    house.known.dead.add(SUBJECT)
    house.known.reachable = True
    async with asyncio.timeout(10):
        while not (house.owner.healthy and house.owner.loader.counts.erased):
            await asyncio.sleep(0.02)
    assert await house.fetch(COUNT) == [(0,)]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StateError("/data/state.sqlite3 was removed or replaced."), "/data/state.sqlite3 was removed or replaced."),
        (duckdb.ConversionException("Could not convert string '/a/path' to INT32"), ""),
    ],
    ids=["state", "engine"],
)
async def test_why_a_round_failed_is_told_without_what_rows_hold(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    async def fail() -> None:
        raise error

    monkeypatch.setattr(house.known, "refresh", fail)
    with capture_logs() as lines:
        async with asyncio.timeout(10):
            while not (failed := [line for line in lines if line["event"] == "owner_round_failed"]):
                await asyncio.sleep(0.02)
    assert failed[-1]["told"] == told
    monkeypatch.undo()


async def test_erasures_are_applied_again_at_every_open(tmp_path: Path) -> None:
    async for house in build(tmp_path):
        await house.spool.append(batch(line(visitor=7)))
        await house.until(COUNT, [(1,)])
    known = Known()
    known.dead.add(SUBJECT)
    owner = await Owner.start(settings(tmp_path), known)
    async with owner.store.snapshot() as snapshot:
        assert await snapshot.fetch(COUNT) == [(0,)]
        assert await snapshot.fetch("SELECT sum(visits) FROM erased") == [(1,)]
    await owner.stop()


async def test_erase_now_leaves_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    async for house in build(tmp_path, duckdb_compression="off"):
        gone = b"g" * 16
        await house.spool.append(batch(line(path="/kept-by-the-other")))
        await house.spool.append(batch(line(gone, path="/canary-of-the-erased"), subject=gone))
        await house.until(COUNT, [(2,)])
        assert b"canary-of-the-erased" in await asyncio.to_thread(_bytes, tmp_path)
        house.known.dead.add(gone)
        await house.owner.erase_now()
        left = await asyncio.to_thread(_bytes, tmp_path)
        assert b"canary-of-the-erased" not in left
        assert b"kept-by-the-other" in left
        await house.spool.append(batch())
        await house.until(COUNT, [(2,)])


async def test_erase_now_says_when_a_segment_does_not_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "WATCH_SECONDS", 100)
    monkeypatch.setattr(owners, "DISPERSE_SECONDS", 0.2)
    house.spool._watcher.cancel()
    await house.spool.append(batch())
    with pytest.raises(StoreError, match="Restart its collector"):
        await house.owner.erase_now()


async def test_what_was_erased_when_a_rewrite_began_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though no round of the owner has applied it yet: a deletion in the copy would leave its bytes there."""
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    async for house in build(tmp_path, duckdb_compression="off"):
        gone = b"g" * 16
        await house.spool.append(batch(line(path="/kept-by-the-other")))
        await house.spool.append(batch(line(gone, path="/canary-of-the-erased"), subject=gone))
        await house.until(COUNT, [(2,)])
        monkeypatch.setattr(house.owner, "_begin_rewrite", _erased_first(house, gone))
        before = house.owner.store._live.name
        monkeypatch.setattr(owners, "GENERATION_AGE", timedelta(0))
        async with asyncio.timeout(10):
            while house.owner.store._live.name == before or house.owner._rewriting is not None:
                await asyncio.sleep(0.02)
            monkeypatch.setattr(owners, "GENERATION_AGE", timedelta(hours=20))
        await house.owner.disperse()
        left = await asyncio.to_thread(_bytes, tmp_path)
        assert b"canary-of-the-erased" not in left
        assert b"kept-by-the-other" in left


async def test_an_old_generation_is_rewritten_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])
    before = house.owner.store._live.name
    monkeypatch.setattr(owners, "GENERATION_AGE", timedelta(0))
    async with asyncio.timeout(20):
        while house.owner.store._live.name == before:
            await asyncio.sleep(0.05)
    assert await house.fetch(COUNT) == [(1,)]


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Copies wait for this event before they begin, their snapshot taken."""
    go_on = asyncio.Event()
    copy = Rewriting.copy

    async def wait(work: Rewriting) -> None:
        await go_on.wait()
        await copy(work)

    monkeypatch.setattr(Rewriting, "copy", wait)
    return go_on


async def a_rewrite(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Return once a nightly rewrite has its snapshot."""
    with monkeypatch.context() as patch:
        patch.setattr(owners, "GENERATION_AGE", timedelta(0))
        async with asyncio.timeout(10):
            while house.owner._rewriting is None or house.owner._rewriting.phase != "copying":
                await asyncio.sleep(0.02)


@pytest.fixture
def soon_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spools see at once that a segment is to be closed."""
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)


async def test_all_goes_on_during_a_rewrite(
    soon_closed: None, house: House, held_up: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = b"g" * 16
    await house.spool.append(batch(line(gone, visit=0), subject=gone))
    await house.until(COUNT, [(1,)])
    monkeypatch.setattr(owners, "CHECKPOINT_SECONDS", 0.0)
    await a_rewrite(house, monkeypatch)
    before = house.owner.store._live.name
    for number in range(1, 4):
        await house.spool.append(batch(line(visit=number)))
        await house.until(COUNT, [(number + 1,)])
    await house.owner.loader.ask_to_close()
    async with asyncio.timeout(10):
        while not house.owner.loader.finished:  # it could go now, but for the rewrite
            await asyncio.sleep(0.02)
    house.known.dead.add(gone)
    await house.until("SELECT visit FROM event ORDER BY ALL", [(1,), (2,), (3,)])
    await complete_to_moves(house)
    status = await call(house.data, "status")
    assert (status["healthy"], status["rewriting"]) == (True, {"phase": "copying", "share": 0.0})
    held_up.set()
    async with asyncio.timeout(20):
        while house.owner._rewriting is not None:
            await asyncio.sleep(0.02)
    assert house.owner.store._live.name != before
    assert await house.fetch("SELECT visit FROM event ORDER BY ALL") == [(1,), (2,), (3,)]
    assert await house.fetch("SELECT sum(visits) FROM erased") == [(1,)]
    assert (await call(house.data, "status"))["rewriting"] is None
    await house.spool.append(batch())
    await house.until(COUNT, [(4,)])


async def complete_to_moves(house: House) -> None:
    now = datetime.now(UTC)
    async with asyncio.timeout(10):
        while house.owner.store.complete_to < now:
            await asyncio.sleep(0.02)


async def test_an_immediate_erasure_waits_for_the_nightly_rewrite_and_rewrites_again(
    tmp_path: Path, held_up: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    async for house in build(tmp_path, duckdb_compression="off"):
        gone = b"g" * 16
        await house.spool.append(batch(line(gone, path="/canary-of-the-erased"), subject=gone))
        await house.until(COUNT, [(1,)])
        await a_rewrite(house, monkeypatch)  # its snapshot holds the canary
        house.known.dead.add(gone)
        erasing = [asyncio.create_task(house.owner.erase_now()) for _ in range(2)]
        await house.until(COUNT, [(0,)])
        assert not any(task.done() for task in erasing)
        held_up.set()
        await asyncio.gather(*erasing)
        assert b"canary-of-the-erased" not in await asyncio.to_thread(_bytes, tmp_path)


class SlowRetention:
    """Finds something expired, once, and takes its time."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def due(self) -> bool:
        return not self.begun.is_set()

    async def run(self, _store: object) -> dict[str, int]:
        self.begun.set()
        await self.go_on.wait()
        return {"example.com": 1}

    async def stop(self) -> None:
        pass


async def test_an_immediate_erasure_that_comes_while_rows_expire_is_the_only_rewrite(
    tmp_path: Path, soon_closed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once would each take the file of the other for one that a crash left."""
    at_once, most = 0, 0
    prepared, abandoned = Rewriting.prepare, Rewriting.abandon

    async def prepare(work: Rewriting) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await prepared(work)

    async def abandon(work: Rewriting) -> None:
        nonlocal at_once
        at_once -= 1
        await abandoned(work)

    monkeypatch.setattr(Rewriting, "prepare", prepare)
    monkeypatch.setattr(Rewriting, "abandon", abandon)
    retention: Any = SlowRetention()
    async for house in build(tmp_path, retention=retention):
        async with asyncio.timeout(10):
            await retention.begun.wait()
        erasing = asyncio.create_task(house.owner.erase_now())
        await asyncio.sleep(0.05)
        retention.go_on.set()
        async with asyncio.timeout(20):
            await erasing
        assert most == 1
        assert await asyncio.to_thread(house.owner.store._place.database(house.owner.store._live.name).exists)


async def test_a_rewrite_that_failed_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])
    before = await asyncio.to_thread(lambda: sorted((house.data / "events").iterdir()))
    monkeypatch.setattr(owners, "REWRITE_RETRY_SECONDS", 0.3)
    monkeypatch.setattr(owners, "GENERATION_AGE", timedelta(0))
    tries = 0

    async def fail(_work: Rewriting) -> None:
        nonlocal tries
        tries += 1
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Rewriting, "copy", fail)
        with pytest.raises(StoreError, match="was not rewritten"):
            await house.owner.erase_now()
        async with asyncio.timeout(10):
            while tries < 2 or house.owner._rewriting is not None:
                await asyncio.sleep(0.02)
    assert house.owner.healthy
    await house.spool.append(batch())
    await house.until(COUNT, [(2,)])
    old = house.owner.store._live.name
    assert [path for path in before if path.suffix == ".duckdb"] == [house.data / "events" / f"{old}.duckdb"]
    async with asyncio.timeout(10):
        while house.owner.store._live.name == old:
            await asyncio.sleep(0.02)
    assert await house.fetch(COUNT) == [(2,)]


async def test_stopping_does_not_wait_for_a_rewrite(
    tmp_path: Path, held_up: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    async for house in build(tmp_path):
        await house.spool.append(batch())
        await house.until(COUNT, [(1,)])
        await a_rewrite(house, monkeypatch)
    assert not held_up.is_set()
    assert len(await asyncio.to_thread(lambda: list((tmp_path / "events").iterdir()))) == 2
    async for house in build(tmp_path):
        assert await house.fetch(COUNT) == [(1,)]


async def test_an_engine_that_fails_during_a_rewrite_is_opened_again_without_it(
    house: House, held_up: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])
    await a_rewrite(house, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(house.owner.store, "load", fatal)
        await house.spool.append(batch())
        async with asyncio.timeout(10):
            while house.owner.healthy:
                await asyncio.sleep(0.02)
    await house.until(COUNT, [(2,)])
    assert house.owner._rewriting is None
    assert not held_up.is_set()


async def fatal(_queued: Any) -> Any:
    raise duckdb.FatalException("database has been invalidated")


async def test_a_second_owner_is_told_who_is_first(house: House) -> None:
    with pytest.raises(OwnerRunning, match=rf"pid {os.getpid()}.*Stop it first") as refusal:
        await Owner.start(settings(house.data), Known())
    assert refusal.value.pid == str(os.getpid())
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])


async def test_an_owner_that_could_not_start_leaves_no_lock(tmp_path: Path) -> None:
    known = Known()
    known.reachable = False
    with pytest.raises(RuntimeError, match="state"):
        await Owner.start(settings(tmp_path), known)
    known.reachable = True
    owner = await Owner.start(settings(tmp_path), known)
    await owner.stop()
    with pytest.raises(NoOwner):
        await call(tmp_path, "status")


async def test_other_processes_may_ask_for_status_and_schema(house: House) -> None:
    await house.spool.append(batch())
    await complete_to_moves(house)
    status = await call(house.data, "status")
    assert status["healthy"] is True
    assert status["loaded"]["rows"] == 1
    schema = await call(house.data, "schema")
    assert schema[0]["table"] == "event"
    assert schema[0]["about"]


async def test_an_engine_that_declared_itself_unusable_is_opened_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.spool.append(batch())
    await house.until(COUNT, [(1,)])
    before = house.owner.store._live
    original = house.owner.store.load
    failures = 0

    async def fail_once(queued: Any) -> Any:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise duckdb.FatalException("database has been invalidated")
        return await original(queued)

    monkeypatch.setattr(house.owner.store, "load", fail_once)
    await house.spool.append(batch())
    await house.until(COUNT, [(2,)])
    assert house.owner.store._live is not before


@pytest.fixture(params=[["spool"], ["spool", "tmp"]], ids=["rows cannot be handed over", "commits fail"])
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder on a file system of 24 MiB, but for some folders, which lie where there is room."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(mounted)], capture_output=True)
    if made.returncode:
        pytest.skip("mounting a small file system needs root")
    for name in request.param:
        (tmp_path / name).mkdir()
        (mounted / name).symlink_to(tmp_path / name)
    yield mounted
    subprocess.run(["umount", "--lazy", str(mounted)], check=True)


async def test_a_full_disk_under_the_store_passes(small_disk: Path) -> None:
    """What was acknowledged meanwhile is loaded when there is room again."""
    async for house in build(small_disk):
        await house.spool.append(batch(line(visit=0)))
        await house.until(COUNT, [(1,)])
        filler = small_disk / "filler"
        await asyncio.to_thread(_fill, filler)
        noise = [os.urandom(1000).hex() for _ in range(20)]
        for number in range(1, 41):
            await house.spool.append(batch(*(line(visit=number, path=f"/{number}/{text}") for text in noise)))
        async with asyncio.timeout(20):
            while house.owner.healthy:
                await asyncio.sleep(0.05)
        await asyncio.to_thread(filler.unlink)
        await house.until(COUNT, [(801,)], seconds=30)
        assert await house.fetch("SELECT count(DISTINCT visit) FROM event") == [(41,)]


def _fill(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError:
        os.close(descriptor)


def _erased_first(house: House, gone: bytes) -> Callable[[], Awaitable[Any]]:
    begin = house.owner._begin_rewrite

    async def erased_first() -> Any:
        house.known.dead.add(gone)
        return await begin()

    return erased_first


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
