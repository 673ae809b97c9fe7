"""The store: snapshots, generations, damage, what it refuses."""

import asyncio
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import duckdb
import pytest

from collector.store import generation as generations
from collector.store import rewrite
from collector.store.duckdb import DuckStore
from collector.store.erasures import Narrowing
from collector.store.generation import Place, StoreDamaged
from collector.store.migrate import NewerStore, StoreError
from collector.store.writer import Queued
from tests.rows import SUBJECT, batch, line

COUNT = "SELECT count(*) FROM event"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data", memory="500MB", threads=2)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[DuckStore]:
    store = await DuckStore.open(place)
    yield store
    await store.close()


async def fetch(store: DuckStore, statement: str, **params: object) -> list[tuple[object, ...]]:
    async with store.snapshot() as snapshot:
        return await snapshot.fetch(statement, params)


async def fill(store: DuckStore, rows: int, start: int = 1) -> None:
    await store.load([Queued("s", row, batch(line(visit=row, nth=0))) for row in range(start, start + rows)])


def kill_after(place: Place, script: str) -> None:
    """Run a script on the store in another process, which then dies without closing anything."""
    prelude = (
        "import os, sys, duckdb; from pathlib import Path;"
        "from collector.store import generation as g; from collector.store.generation import Place;"
        "place = Place(Path(sys.argv[1])); name = g.current(place); db = g.connect(place, name);"
    )
    subprocess.run(
        [sys.executable, "-c", f"{prelude}\n{script}\nos._exit(9)", str(place.data)], check=False, timeout=60
    )


async def test_more_readers_than_slots_wait_their_turn(store: DuckStore) -> None:
    assert await asyncio.gather(*(fetch(store, "SELECT 1") for _ in range(40))) == [[(1,)]] * 40


async def test_the_schema_tells_every_column_in_words(store: DuckStore) -> None:
    columns = await store.schema()
    told = {column.table for column in columns}
    assert told == {"event", "loaded", "seen", "erased", "visit", "changed", "step", "total", "tallied"}
    assert (columns[0].table, columns[0].name, columns[0].type, columns[0].empty) == ("event", "site", "VARCHAR", False)
    assert [column.name for column in columns if not column.about] == []


async def test_rows_and_version_survive_closing(place: Place) -> None:
    store = await DuckStore.open(place)
    await fill(store, 3)
    await store.close()
    store = await DuckStore.open(place)
    assert await fetch(store, COUNT) == [(3,)]
    assert await store.positions() == {"s": 3}
    await store.close()


async def test_a_closed_store_says_so(place: Place) -> None:
    store = await DuckStore.open(place)
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await fetch(store, COUNT)


async def test_a_rewrite_moves_over_and_clusters(store: DuckStore, place: Place) -> None:
    await fill(store, 50)
    await store.drop_subjects([])
    before = await asyncio.to_thread(generations.current, place)
    await store.rewrite()
    after = await asyncio.to_thread(generations.current, place)
    assert before != after
    assert after is not None
    assert await asyncio.to_thread(_entries, place.events) == {"CURRENT", f"{after}.duckdb"}
    assert await fetch(store, COUNT) == [(50,)]
    assert await store.positions() == {"s": 50}
    assert [column.about for column in await store.schema()].count("") == 0
    await fill(store, 1, start=51)
    assert await fetch(store, COUNT) == [(51,)]


async def test_what_was_narrowed_can_be_checkpointed(store: DuckStore) -> None:
    """The engine refuses while anybody still sees the row as it was; nobody may do so for longer than a report."""
    await fill(store, 5)
    await store.checkpoint()
    narrowing = {SUBJECT: Narrowing({"returning": 2**31})}
    await store.load([Queued("s", 6, batch(line(visit=6, visitor=7)))])
    async with store.snapshot() as snapshot:
        await snapshot.fetch(COUNT)
        assert await store.narrow(narrowing) == 1
        with pytest.raises(duckdb.TransactionException):
            await store.checkpoint()
    await store.checkpoint()
    assert await store.log_bytes() == 0


async def test_a_rewrite_lets_running_readers_finish(store: DuckStore, place: Place) -> None:
    await fill(store, 5)
    old = await asyncio.to_thread(generations.current, place)
    assert old is not None
    async with store.snapshot() as snapshot:
        assert await snapshot.fetch(COUNT) == [(5,)]
        rewriting = asyncio.create_task(store.rewrite())
        async with asyncio.timeout(20):
            while await asyncio.to_thread(generations.current, place) == old:
                await asyncio.sleep(0.02)
        assert await snapshot.fetch(COUNT) == [(5,)]
        assert await fetch(store, COUNT) == [(5,)]
        assert not rewriting.done()
        assert await asyncio.to_thread(place.database(old).exists)
    await rewriting
    assert not await asyncio.to_thread(place.database(old).exists)


async def test_erased_bytes_are_in_no_file_after_a_rewrite(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", plain=True)
    store = await DuckStore.open(place)
    rows = [batch(line(path=f"/kept-{n}")) for n in range(3000)]
    gone = batch(line(b"g" * 16, path="/canary-of-the-erased"), subject=b"g" * 16)
    await store.load([Queued("s", row, entry) for row, entry in enumerate([*rows, gone], 1)])
    await store.checkpoint()
    assert b"canary-of-the-erased" in await asyncio.to_thread(_bytes, place.data)
    await store.drop_subjects([b"g" * 16])
    await store.rewrite()
    left = await asyncio.to_thread(_bytes, place.data)
    assert b"canary-of-the-erased" not in left
    assert b"/kept-2999" in left  # so the search would have found it
    await store.close()


async def test_a_rewrite_that_fails_leaves_the_old_generation_in_charge(
    store: DuckStore, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 5)
    before = await asyncio.to_thread(generations.current, place)
    monkeypatch.setattr(rewrite, "TABLES", ("event", "no_such_table"))
    with pytest.raises(KeyError):
        await store.rewrite()
    assert await asyncio.to_thread(generations.current, place) == before
    await fill(store, 1, start=6)
    assert await fetch(store, COUNT) == [(6,)]


async def test_whichever_generation_current_names_after_an_error_goes_on(
    store: DuckStore, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 5)
    original = generations.name_current

    def replaced_but_not_synced(where: Place, name: str) -> None:
        original(where, name)
        monkeypatch.setattr(generations, "name_current", original)
        raise OSError("input/output error")

    monkeypatch.setattr(generations, "name_current", replaced_but_not_synced)
    with pytest.raises(OSError, match="input/output"):
        await store.rewrite()
    await fill(store, 1, start=6)
    current = await asyncio.to_thread(generations.current, place)
    assert await asyncio.to_thread(_entries, place.events) - {"CURRENT", f"{current}.duckdb.wal"} == {
        f"{current}.duckdb"
    }
    assert await fetch(store, COUNT) == [(6,)]


async def test_start_up_removes_what_a_crash_left(place: Place) -> None:
    store = await DuckStore.open(place)
    await fill(store, 4)
    await store.close()
    name = await asyncio.to_thread(generations.current, place)

    def leave() -> None:
        other = generations.new_name()
        shutil.copy(place.database(str(name)), place.database(other))
        for left in (f"{other}.duckdb.wal", "20200101T000000Z-00000000.duckdb.wal", "CURRENT.new"):
            (place.events / left).write_bytes(b"left over")
        (place.loading / "a.ndjson").write_bytes(b"left over")
        (place.spilling / "duckdb_temp_storage-0.tmp").write_bytes(b"left over")
        (place.exporting / "rows.ndjson").write_bytes(b"left over")

    await asyncio.to_thread(leave)
    store = await DuckStore.open(place)
    assert await fetch(store, COUNT) == [(4,)]
    await store.close()
    assert await asyncio.to_thread(_entries, place.events) == {"CURRENT", f"{name}.duckdb"}
    assert b"left over" not in await asyncio.to_thread(_bytes, place.data)


async def test_a_first_start_that_was_cut_short_is_taken_up(place: Place) -> None:
    def cut() -> None:
        generations.prepare(place)
        duckdb.connect(str(place.database(generations.new_name()))).close()

    await asyncio.to_thread(cut)
    store = await DuckStore.open(place)
    assert await fetch(store, COUNT) == [(0,)]
    await store.close()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda place, name: (place.events / "CURRENT").write_text("elsewhere\n"), "Write the name of the right one"),
        (lambda place, name: place.database(name).unlink(), "Restore"),
        (lambda place, name: place.database(name).write_bytes(b"x" * 100_000), "Restore"),
        (lambda place, name: _second(place, name), "more than one generation"),
    ],
    ids=["pointer to nothing", "file missing", "file overwritten", "pointer lost, two generations"],
)
async def test_damage_of_the_files_is_refused_and_nothing_removed(place: Place, harm: object, told: str) -> None:
    store = await DuckStore.open(place)
    await fill(store, 4)
    await store.close()
    name = await asyncio.to_thread(generations.current, place)
    await asyncio.to_thread(harm, place, name)  # type: ignore[arg-type]
    before = await asyncio.to_thread(_entries, place.events)
    with pytest.raises(StoreDamaged, match=told):
        await DuckStore.open(place)
    assert await asyncio.to_thread(_entries, place.events) == before


async def test_data_of_a_newer_version_is_refused(place: Place) -> None:
    store = await DuckStore.open(place)
    await fill(store, 4)
    await store.close()
    name = str(await asyncio.to_thread(generations.current, place))

    def advance() -> None:
        with duckdb.connect(str(place.database(name))) as db:
            db.execute("INSERT INTO schema_version VALUES (999)")

    await asyncio.to_thread(advance)
    with pytest.raises(NewerStore, match="999"):
        await DuckStore.open(place)
    # Refused, not harmed: the version that wrote it opens it again.
    with duckdb.connect(str(place.database(name))) as db:
        assert db.execute(COUNT).fetchone() == (4,)


LOGGED = """
for n in range(40):
    db.execute("INSERT INTO loaded VALUES ('s', ?)", [n])
"""


async def _logged(place: Place) -> Path:
    """A store whose owner was killed with 40 commits in its write-ahead log."""
    store = await DuckStore.open(place)
    await store.close()
    await asyncio.to_thread(kill_after, place, LOGGED)
    name = await asyncio.to_thread(generations.current, place)
    return place.events / f"{name}.duckdb.wal"


async def test_a_whole_log_is_replayed(place: Place) -> None:
    await _logged(place)
    store = await DuckStore.open(place)
    assert await store.positions() == {"s": 39}
    await store.close()


async def test_a_truncated_log_gives_some_earlier_state(place: Place) -> None:
    log = await _logged(place)
    whole = await asyncio.to_thread(log.read_bytes)
    await asyncio.to_thread(log.write_bytes, whole[: len(whole) // 2])
    store = await DuckStore.open(place)
    # A prefix of the commits: the position tells the loader from where to load again.
    position = (await store.positions()).get("s", -1)
    assert 0 < position < 39
    assert await fetch(store, "SELECT count(*) FROM loaded") == [(position + 1,)]
    await store.close()


async def test_a_flipped_bit_in_the_log_never_keeps_the_store_from_opening(place: Place) -> None:
    log = await _logged(place)
    name = log.name.removesuffix(".wal")
    whole, main = await asyncio.to_thread(lambda: (log.read_bytes(), (place.events / name).read_bytes()))
    choose = random.Random(7)
    aside = 0
    for _ in range(30):
        at = choose.randrange(len(whole))
        flipped = whole[:at] + bytes([whole[at] ^ 1 << choose.randrange(8)]) + whole[at + 1 :]
        await asyncio.to_thread((place.events / name).write_bytes, main)
        await asyncio.to_thread(log.write_bytes, flipped)
        store = await DuckStore.open(place)
        position = (await store.positions()).get("s", -1)
        assert await fetch(store, "SELECT count(*) FROM loaded") == [(position + 1,)]
        await store.close()
        set_aside = [entry for entry in await asyncio.to_thread(_entries, place.events) if entry.endswith(".damaged")]
        aside += len(set_aside)
        await store.forget_damage()
        assert not any(entry.endswith(".damaged") for entry in await asyncio.to_thread(_entries, place.events))
    assert aside > 0


async def test_a_foreign_log_beside_a_new_generation_is_set_aside(place: Place) -> None:
    log = await _logged(place)
    stale = await asyncio.to_thread(log.read_bytes)
    store = await DuckStore.open(place)
    await fill(store, 4, start=100)
    await store.rewrite()
    await store.close()
    name = await asyncio.to_thread(generations.current, place)
    await asyncio.to_thread((place.events / f"{name}.duckdb.wal").write_bytes, stale)
    store = await DuckStore.open(place)
    assert await store.positions() == {"s": 103}
    assert await fetch(store, COUNT) == [(4,)]
    await store.close()


async def test_reopening_keeps_rows_and_waits_for_readers(store: DuckStore) -> None:
    await fill(store, 4)
    async with store.snapshot() as snapshot:
        reopening = asyncio.create_task(store.reopen())
        await asyncio.sleep(0.1)
        assert not reopening.done()
        assert await snapshot.fetch(COUNT) == [(4,)]
    await reopening
    assert await fetch(store, COUNT) == [(4,)]


def _second(place: Place, name: str) -> None:
    shutil.copy(place.database(name), place.database(generations.new_name()))
    (place.events / "CURRENT").unlink()


def _entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
