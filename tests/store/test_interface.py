"""What readers may ask of a store, whichever engine answers: the embedded one and a lake."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import duckdb
import pytest

from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.interface import Store
from collector.store.queries import sql
from collector.store.writer import Queued
from tests.rows import batch, line
from tests.store.lake import ENGINES, LakeStore

COUNT = "SELECT count(*) FROM event"


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DuckStore | LakeStore]:
    if request.param == "lake":
        opened: DuckStore | LakeStore = await asyncio.to_thread(LakeStore, tmp_path)
    else:
        opened = await DuckStore.open(Place(tmp_path / "data", memory="500MB", threads=2))
    yield opened
    await opened.close()


async def fetch(store: Store, statement: str, **params: object) -> list[tuple[object, ...]]:
    async with store.snapshot() as snapshot:
        return await snapshot.fetch(statement, params)


async def fill(store: DuckStore | LakeStore, rows: int, start: int = 1) -> None:
    await store.load([Queued("s", row, batch(line(visit=row, nth=0))) for row in range(start, start + rows)])


async def test_a_snapshot_does_not_move(store: DuckStore | LakeStore) -> None:
    await fill(store, 3)
    async with store.snapshot() as snapshot:
        assert await snapshot.fetch(COUNT) == [(3,)]
        await fill(store, 2, start=4)
        assert await snapshot.fetch(COUNT) == [(3,)]
    assert await fetch(store, COUNT) == [(5,)]


async def test_readers_see_whole_loads_while_one_writes(store: DuckStore | LakeStore) -> None:
    async def read() -> None:
        seen = 0
        while seen < 40:
            async with store.snapshot() as snapshot:
                ((rows,),) = await snapshot.fetch(COUNT)
                assert await snapshot.fetch("SELECT count(*) FROM seen") == [(rows,)]
            assert rows % 4 == 0 and rows >= seen
            seen = rows

    async def write() -> None:
        for load in range(10):
            await fill(store, 4, start=1 + 4 * load)

    async with asyncio.timeout(30):
        await asyncio.gather(read(), read(), write())


async def test_parameters_are_bound_by_name(store: DuckStore | LakeStore) -> None:
    assert await fetch(store, "SELECT $word || $number", word="'; DROP", number=7) == [("'; DROP7",)]


WRITING = [
    "DELETE FROM event",
    "CREATE TABLE other (a INTEGER)",
    "SELECT * FROM read_text('/etc/passwd')",
    "COPY event TO '/tmp/byleave-test.csv'",
    "ATTACH '/tmp/byleave-test.duckdb' AS other",
    "SET enable_external_access = true",
    "SET memory_limit = '64GB'",
    "INSTALL httpfs",
]


async def test_a_reader_can_only_read_the_store(store: DuckStore | LakeStore) -> None:
    allowed = []
    for statement in WRITING:
        try:
            await fetch(store, statement)
            allowed.append(statement)
        except duckdb.Error:
            pass
    assert allowed == []


async def test_queries_of_one_snapshot_take_turns(store: DuckStore | LakeStore) -> None:
    async with store.snapshot() as snapshot:
        answers = await asyncio.gather(*(snapshot.fetch("SELECT $n", {"n": n}) for n in range(20)))
    assert answers == [[(n,)] for n in range(20)]


async def test_who_stops_waiting_stops_the_query(store: DuckStore | LakeStore) -> None:
    endless = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range * b.range % 7 = 1"
    task = asyncio.create_task(fetch(store, endless))
    await asyncio.sleep(0.2)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 2
    assert await fetch(store, "SELECT 1") == [(1,)]


async def test_every_column_is_told_in_words(store: DuckStore | LakeStore) -> None:
    columns = await fetch(store, sql("columns"))
    assert columns[0][2:5] == ("site", "VARCHAR", False)
    assert [name for _, about_table, name, _, _, about in columns if not (about_table and about)] == []
