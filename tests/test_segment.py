"""Segments: names, locks, reading without writing."""

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path

import aiosqlite
import pytest

from collector import segment
from collector.batch import Batch
from collector.segment import SegmentDamaged, SegmentReader, SegmentWriter
from tests.rows import batch

Rows = tuple[list[tuple[int, Batch | None]], bool]


async def closed(directory: Path, *batches: Batch) -> str:
    """A segment that holds batches and whose writer is gone."""
    writer = await SegmentWriter.create(directory)
    if batches:
        await writer.commit(batches)
    await writer.close()
    return writer.segment


def read(directory: Path, name: str, after: int = 0, batches: int = 100, size: int = 10**6) -> Rows:
    reader = SegmentReader(directory, name)
    try:
        return reader.read(after, batches, size)
    finally:
        reader.close()


async def test_what_is_committed_is_read_in_order(tmp_path: Path) -> None:
    batches = [batch() for _ in range(5)]
    name = await closed(tmp_path, *batches)
    rows, whole = await asyncio.to_thread(read, tmp_path, name)
    assert rows == list(enumerate(batches, 1))
    assert whole


@pytest.mark.parametrize(
    ("after", "count", "size", "found", "whole"),
    [(0, 2, 10**6, [1, 2], False), (0, 100, 1, [1], False), (3, 100, 10**6, [4, 5], True), (5, 100, 10**6, [], True)],
    ids=["bounded by count", "bounded by size", "from a position", "nothing left"],
)
async def test_reading_is_bounded(
    tmp_path: Path, after: int, count: int, size: int, found: list[int], whole: bool
) -> None:
    name = await closed(tmp_path, *[batch() for _ in range(5)])
    rows, done = await asyncio.to_thread(read, tmp_path, name, after, count, size)
    assert [row for row, _ in rows] == found
    assert done is whole


async def test_a_live_segment_is_locked_and_a_closed_one_is_not(tmp_path: Path) -> None:
    writer = await SegmentWriter.create(tmp_path)
    assert await asyncio.to_thread(segment.hold, tmp_path, writer.segment) is None
    await writer.close()
    lock = await asyncio.to_thread(segment.hold, tmp_path, writer.segment)
    assert lock is not None
    await asyncio.to_thread(segment.remove, tmp_path, writer.segment, lock)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


async def test_a_reader_never_checkpoints(tmp_path: Path) -> None:
    writer = await SegmentWriter.create(tmp_path)
    await writer.commit([batch()])
    database = tmp_path / f"{writer.segment}.sqlite3"
    before = await asyncio.to_thread(database.read_bytes)
    assert len((await asyncio.to_thread(read, tmp_path, writer.segment))[0]) == 1
    assert await asyncio.to_thread(database.read_bytes) == before
    await writer.close()


async def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    name = await closed(tmp_path, batch(), batch())

    def empty_and_insert() -> int:
        db = sqlite3.connect(tmp_path / f"{name}.sqlite3")
        db.execute("DELETE FROM batch")
        row = db.execute(segment.INSERT, (b"n", b"s", 1, 2, b"{}\n")).lastrowid
        db.commit()
        db.close()
        return row or 0

    assert await asyncio.to_thread(empty_and_insert) == 3


async def test_the_sweep_removes_what_is_left_of_gone_segments_only(tmp_path: Path) -> None:
    kept = await closed(tmp_path, batch())
    live = await SegmentWriter.create(tmp_path)
    stray = "ab" * 16

    def leave_and_sweep() -> set[str]:
        for suffix in (".lock", ".sqlite3-wal", ".sqlite3-shm", ".close"):
            (tmp_path / f"{stray}{suffix}").touch()
        (tmp_path / "README.md").touch()
        segment.sweep(tmp_path)
        return {path.name.split(".")[0] for path in tmp_path.iterdir()}

    assert await asyncio.to_thread(leave_and_sweep) == {kept, live.segment, "README"}
    await live.close()


async def test_a_file_without_its_table_holds_nothing(tmp_path: Path) -> None:
    name = "cd" * 16
    await asyncio.to_thread((tmp_path / f"{name}.sqlite3").touch)
    assert await asyncio.to_thread(read, tmp_path, name) == ([], True)


async def test_a_segment_whose_writer_died_while_making_it_is_adopted(tmp_path: Path) -> None:
    """The rollback journal that turning to WAL leaves for an instant: a read-only connection refuses such a file."""
    name = "cd" * 16
    path = tmp_path / f"{name}.sqlite3"

    def die_half_way() -> bytes:
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA cache_size = 1")
        db.execute("PRAGMA cache_spill = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("CREATE TABLE earlier (a)")
        for _ in range(100):
            db.execute("INSERT INTO earlier VALUES (zeroblob(4000))")
        copies = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-journal")}
        db.close()
        for suffix, copy in copies.items():
            Path(f"{path}{suffix}").write_bytes(copy)
        return copies["-journal"]

    assert await asyncio.to_thread(die_half_way)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await asyncio.to_thread(read, tmp_path, name)
    assert await asyncio.to_thread(segment.adopt, tmp_path, name)
    assert await asyncio.to_thread(read, tmp_path, name) == ([], True)


async def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    name = "cd" * 16
    await asyncio.to_thread((tmp_path / f"{name}.sqlite3").write_bytes, b"no database" * 1000)
    with pytest.raises(SegmentDamaged):
        await asyncio.to_thread(read, tmp_path, name)


async def test_no_flipped_bit_is_taken_for_a_row_or_for_the_end(tmp_path: Path) -> None:
    """Whatever SQLite makes of it: rows, some of them told to be damaged, or a damaged segment; never fewer rows.

    Every bit of the schema, of the pages' heads and of the rows' heads; of the values every fifth byte. A value that
    stays one of its kind is not recognised: SQLite keeps no checksums.
    """
    batches = [batch() for _ in range(3)]
    name = await closed(tmp_path, *batches)

    def flip_each() -> Counter[str]:
        path = tmp_path / f"{name}.sqlite3"
        whole = path.read_bytes()
        found: Counter[str] = Counter()
        heads = [whole.index(row.nonce) for row in batches]
        for place in [place for place in range(len(whole)) if worth_flipping(whole, place, heads)]:
            for bit in range(8):
                flipped = bytearray(whole)
                flipped[place] ^= 1 << bit
                path.write_bytes(flipped)
                found[what_is_read(tmp_path, name)] += 1
        return found

    found = await asyncio.to_thread(flip_each)
    assert set(found) == {"3 rows", "3 rows, damaged ones told", "damaged"}
    assert min(found.values()) > 10


def worth_flipping(whole: bytes, place: int, heads: list[int]) -> bool:
    used = any(whole[max(0, place - 2) : place + 3])
    return used and (place < 4096 or place % 4096 < 16 or place % 5 == 0 or any(0 < at - place < 16 for at in heads))


def what_is_read(directory: Path, name: str) -> str:
    rows: list[tuple[int, Batch | None]] = []
    reader = SegmentReader(directory, name)
    try:
        whole = False
        while not whole:
            some, whole = reader.read(len(rows), 100, 10**6)
            rows += some
    except SegmentDamaged:
        return "damaged"
    finally:
        reader.close()
    return f"{len(rows)} rows" + (", damaged ones told" if any(batch is None for _, batch in rows) else "")


async def test_a_file_system_without_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = aiosqlite.connect
    monkeypatch.setattr(aiosqlite, "connect", lambda path, **options: original(":memory:", **options))
    with pytest.raises(sqlite3.OperationalError, match="journal_mode"):
        await SegmentWriter.create(tmp_path)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
