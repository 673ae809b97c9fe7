"""The spool: acknowledged is on the disk; full, locked and read-only are said, and pass by themselves."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector import spool as spools
from collector.batch import Batch
from collector.segment import SegmentReader, SegmentWriter, ask_to_close, names
from collector.spool import Spool, SpoolFull, SpoolUnavailable
from tests.rows import batch, line


def stored(directory: Path) -> list[Batch]:
    """Every batch that lies in the spool's segments."""
    found = []
    for name in names(directory):
        reader = SegmentReader(directory, name)
        found += [entry for _, entry in reader.read(0, 10**6, 10**9)[0] if entry is not None]
        reader.close()
    return found


async def within(seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)


async def test_what_returned_is_on_the_disk(tmp_path: Path) -> None:
    spool = await Spool.open(tmp_path)
    batches = [batch() for _ in range(50)]
    await asyncio.gather(*map(spool.append, batches))
    # Read by another connection while the writer lives: only what was committed shows.
    assert {entry.nonce for entry in await asyncio.to_thread(stored, tmp_path)} == {entry.nonce for entry in batches}
    await spool.close()


async def test_waiting_batches_share_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    original = SegmentWriter.commit

    async def counted(self: SegmentWriter, batches: list[Batch]) -> None:
        sizes.append(len(batches))
        await original(self, batches)

    monkeypatch.setattr(SegmentWriter, "commit", counted)
    spool = await Spool.open(tmp_path)
    await asyncio.gather(*(spool.append(batch()) for _ in range(200)))
    await spool.close()
    assert sum(sizes) == 200
    assert len(sizes) <= 3


async def test_one_who_stops_waiting_disturbs_nobody(tmp_path: Path) -> None:
    spool = await Spool.open(tmp_path)
    tasks = [asyncio.create_task(spool.append(batch())) for _ in range(10)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError, type(None)] * 5
    await spool.append(batch())
    assert spool.queued_batches == 0
    await spool.close()


async def test_the_loader_is_woken_after_the_commit(tmp_path: Path) -> None:
    spool = await Spool.open(tmp_path)
    seen: list[int] = []
    spool.on_commit = lambda: seen.append(spool.queued_batches)
    await spool.append(batch())
    assert seen == [0]
    await spool.close()


@pytest.mark.parametrize(("limit", "value"), [("QUEUE_BATCHES", 3), ("QUEUE_BYTES", 2500)], ids=["count", "bytes"])
async def test_a_full_queue_is_refused_and_drains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(spools, limit, value)
    spool = await Spool.open(tmp_path)
    results = await asyncio.gather(*(spool.append(batch()) for _ in range(10)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, SpoolFull)]
    assert 0 < len(refused) < 10
    assert refused[0].retry_after >= 1
    await spool.append(batch())
    assert len(await asyncio.to_thread(stored, tmp_path)) == 11 - len(refused)
    await spool.close()


async def test_queued_batches_are_counted(tmp_path: Path) -> None:
    spool = await Spool.open(tmp_path)
    waiting = [asyncio.create_task(spool.append(batch())) for _ in range(2)]
    await asyncio.sleep(0)
    assert spool.queued_batches == 2
    await asyncio.gather(*waiting)
    assert spool.queued_batches == 0
    await spool.close()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 33, 64, 65, 127, 128, 129, 400])
async def test_any_number_of_batches_is_stored_in_order(tmp_path: Path, count: int) -> None:
    spool = await Spool.open(tmp_path)
    many = [batch() for _ in range(count)]
    await asyncio.gather(*map(spool.append, many))
    assert await asyncio.to_thread(stored, tmp_path) == many
    await spool.close()


@pytest.mark.parametrize(
    ("limit", "value"), [("SEGMENT_BYTES", 1000), ("SEGMENT_SECONDS", 0.1)], ids=["by size", "by age"]
)
async def test_a_segment_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    monkeypatch.setattr(spools, limit, value)
    spool = await Spool.open(tmp_path)
    assert len(await asyncio.to_thread(names, tmp_path)) == 1
    for _ in range(3):
        await spool.append(batch())
    await within(5, lambda: len(names(tmp_path)) == 2)
    await spool.append(batch())
    await spool.close()
    assert len(await asyncio.to_thread(stored, tmp_path)) == 4


async def test_an_empty_segment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "SEGMENT_SECONDS", 0.05)
    spool = await Spool.open(tmp_path)
    before = await asyncio.to_thread(names, tmp_path)
    await asyncio.sleep(0.3)
    assert await asyncio.to_thread(names, tmp_path) == before
    await spool.close()


async def test_a_segment_closes_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    spool = await Spool.open(tmp_path)
    await spool.append(batch())
    [first] = await asyncio.to_thread(names, tmp_path)
    await asyncio.to_thread(ask_to_close, tmp_path, first)
    await within(5, lambda: len(names(tmp_path)) == 2)
    await spool.close()


async def test_after_close_nothing_is_taken(tmp_path: Path) -> None:
    spool = await Spool.open(tmp_path)
    pending = [asyncio.create_task(spool.append(batch())) for _ in range(5)]
    await asyncio.sleep(0)
    await spool.close()
    await asyncio.gather(*pending)
    assert len(await asyncio.to_thread(stored, tmp_path)) == 5
    assert not spool.writable
    with pytest.raises(SpoolUnavailable):
        await spool.append(batch())


async def test_a_locked_database_is_said_and_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.segment.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    spool = await Spool.open(tmp_path)
    await spool.append(batch())
    [name] = await asyncio.to_thread(names, tmp_path)

    def lock() -> sqlite3.Connection:
        db = sqlite3.connect(tmp_path / f"{name}.sqlite3", isolation_level=None, check_same_thread=False)
        db.execute("BEGIN IMMEDIATE")
        return db

    foreign = await asyncio.to_thread(lock)
    with pytest.raises(SpoolUnavailable, match="locked") as refusal:
        await spool.append(batch())
    assert refusal.value.retry_after >= 1
    await within(5, lambda: spool.writable)
    await spool.append(batch())
    await asyncio.to_thread(foreign.close)
    await spool.close()
    assert len(await asyncio.to_thread(stored, tmp_path)) == 2


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mounted)], capture_output=True)
    if made.returncode:
        pytest.skip("mounting a small file system needs root")
    yield mounted
    subprocess.run(["umount", "--lazy", str(mounted)], check=True)


async def test_a_full_disk_is_said_and_passes(tiny_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    filler = tiny_disk / "filler"
    spool = await Spool.open(tiny_disk / "spool")
    acknowledged = [batch(), batch()]
    for entry in acknowledged:
        await spool.append(entry)
    await asyncio.to_thread(_fill, filler)
    with pytest.raises(SpoolUnavailable, match=r"full|I/O"):
        for _ in range(50):
            entry = batch(line(path="/" + "x" * 2000))
            await spool.append(entry)
            acknowledged.append(entry)
    assert not spool.writable
    await asyncio.to_thread(filler.unlink)
    await within(5, lambda: spool.writable)
    acknowledged.append(batch())
    await spool.append(acknowledged[-1])
    await spool.close()
    found = await asyncio.to_thread(stored, tiny_disk / "spool")
    assert {entry.nonce for entry in acknowledged} <= {entry.nonce for entry in found}


def _fill(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(descriptor, b"x" * 1024)
    os.close(descriptor)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody, not even root, may make a file."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.geteuid() == 0:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], check=True)
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    else:
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)


async def test_a_read_only_folder_is_refused_with_what_to_do(read_only: Path) -> None:
    with pytest.raises(SpoolUnavailable, match=r"Cannot write the spool in .*make the folder writable"):
        await Spool.open(read_only)
