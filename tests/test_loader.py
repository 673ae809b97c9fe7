"""From spool to store: once, erased stays erased, nothing wedges."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

from collector import loader as loaders
from collector.batch import Batch
from collector.loader import Loader, narrowed
from collector.segment import SegmentWriter
from collector.store.duckdb import DuckStore
from collector.store.erasures import Narrowing
from collector.store.generation import Place
from tests.rows import SUBJECT, Known, batch, line

OTHER = b"\xff" * 16


class Way:
    """A spool directory, a store and the loader between them."""

    def __init__(self, data: Path, store: DuckStore) -> None:
        self.spool = data / "spool"
        self.store = store
        self.known = Known()
        self.loader = Loader(self.spool, store)

    async def segment(self, *batches: Batch, live: bool = False) -> SegmentWriter:
        """A segment that holds batches; its writer is gone unless it is `live`."""
        writer = await SegmentWriter.create(self.spool)
        if batches:
            await writer.commit(batches)
        if not live:
            await writer.close()
        return writer

    async def pass_once(self) -> None:
        """One whole pass over the spool."""
        while not await self.loader.step(self.known):
            pass

    async def tidy(self) -> None:
        """Checkpoint and let the spool forget, as the owner does."""
        finished = self.loader.finished
        await self.loader.prune()
        await self.store.checkpoint()
        await self.loader.remove(finished)

    async def restart(self) -> None:
        """A new loader on the same store, as after a restart."""
        await self.loader.close()
        self.loader = Loader(self.spool, self.store)
        await self.loader.resume()

    async def fetch(self, statement: str) -> list[Any]:
        async with self.store.snapshot() as snapshot:
            return await snapshot.fetch(statement)

    async def visits(self) -> list[int]:
        return [row[0] for row in await self.fetch("SELECT visit FROM event ORDER BY visit, nth")]


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[Way]:
    store = await DuckStore.open(Place(tmp_path, memory="500MB", threads=1))
    way = Way(tmp_path, store)
    yield way
    await way.loader.close()
    await store.close()


async def test_live_and_closed_segments_are_loaded(way: Way) -> None:
    await way.segment(batch(line(visit=1)), batch(line(visit=2)))
    live = await way.segment(batch(line(visit=3)), live=True)
    await way.pass_once()
    assert await way.visits() == [1, 2, 3]
    await live.commit([batch(line(visit=4))])
    await way.pass_once()
    assert await way.visits() == [1, 2, 3, 4]
    assert way.loader.counts.rows == way.loader.counts.batches == 4
    await live.close()


async def test_a_segment_goes_only_when_closed_loaded_and_checkpointed(way: Way) -> None:
    closed = await way.segment(batch())
    live = await way.segment(batch(), live=True)
    await way.tidy()
    assert set(await way.loader.present()) == {closed.segment, live.segment}  # not loaded yet
    await way.pass_once()
    assert set(await way.loader.present()) == {closed.segment, live.segment}  # not checkpointed yet
    await way.tidy()
    assert await way.loader.present() == [live.segment]
    await live.close()
    await way.pass_once()
    await way.tidy()
    assert await asyncio.to_thread(lambda: list(way.spool.iterdir())) == []
    await way.tidy()
    assert await way.store.positions() == {}


async def test_a_restart_goes_on_where_the_store_stands(way: Way) -> None:
    live = await way.segment(batch(line(visit=1)), live=True)
    await way.pass_once()
    await live.commit([batch(line(visit=2))])
    await way.restart()
    await way.pass_once()
    assert await way.visits() == [1, 2]
    assert way.loader.counts.duplicates == 0
    await live.close()


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
async def test_a_retry_in_another_segment_is_stored_once(way: Way, restart: bool) -> None:
    nonce = b"n" * 16
    await way.segment(batch(line(visit=1), nonce=nonce))
    await way.pass_once()
    if restart:
        await way.tidy()
        await way.restart()
    await way.segment(batch(line(visit=1), nonce=nonce))
    await way.pass_once()
    assert await way.visits() == [1]
    assert way.loader.counts.duplicates == 1


async def test_a_backlog_cannot_double_however_long_it_waited(way: Way) -> None:
    """The horizon is reckoned by what waits: here a batch of three hours ago, and its retry ten minutes later."""
    then = int(time.time()) - 3 * 3600
    once, again = (batch(line(visit=1), nonce=b"n" * 16, received=then + late) for late in (0, 600))
    await way.segment(once)
    await way.pass_once()
    await way.segment(again)
    await way.tidy()
    await way.pass_once()
    assert await way.visits() == [1]
    await way.tidy()
    await way.tidy()
    assert await way.fetch("SELECT count(*) FROM seen") == [(0,)]


@pytest.mark.parametrize("when", ["before", "between", "after"])
async def test_a_tombstone_wins_whenever_it_comes(way: Way, when: str) -> None:
    if when == "before":
        way.known.dead.add(SUBJECT)
    live = await way.segment(batch(line(visit=1)), batch(line(OTHER, visit=2), subject=OTHER), live=True)
    await way.pass_once()
    if when == "between":
        way.known.dead.add(SUBJECT)
        await way.store.drop_subjects({SUBJECT})
    await live.commit([batch(line(visit=3))])
    await way.pass_once()
    if when == "after":
        way.known.dead.add(SUBJECT)
        await way.store.drop_subjects({SUBJECT})
    assert await way.visits() == [2]
    assert way.loader.counts.erased == {"before": 2, "between": 1, "after": 0}[when]
    assert await way.fetch("SELECT count(*) FROM seen") == [({"before": 1, "between": 2, "after": 3}[when],)]
    await live.close()


@pytest.mark.parametrize(
    ("kept", "issued", "left"),
    [
        ({"measure"}, 99, {"channel": "Direct"}),
        ({"measure", "returning"}, 99, {"visitor": 7, "channel": "Direct"}),
        ({"measure", "ads"}, 99, {"ad": "Google"}),
        ({"measure"}, 100, {"visitor": 7, "ad": "Google"}),
    ],
    ids=["both", "ads", "returning", "a later token"],
)
def test_a_narrowing_reaches_what_is_still_coming(kept: set[str], issued: int, left: dict[str, Any]) -> None:
    full = batch(line(visitor=7, ad="Google"), line(visitor=7, ad="Google", path='/"\\u00fc'), issued=issued)
    expected = batch(line(**left), line(path='/"\\u00fc', **left)).lines
    withdrawn = {purpose: 100 for purpose in ("returning", "ads") if purpose not in kept}
    found = narrowed(full, {SUBJECT: Narrowing(withdrawn)})
    assert [sorted(row.items()) for row in rows(found.lines)] == [sorted(row.items()) for row in rows(expected)]
    assert found.nonce == full.nonce


def rows(lines: bytes) -> list[dict[str, Any]]:
    return [msgspec.json.decode(row) for row in lines.splitlines()]


async def test_narrowed_batches_are_loaded_narrowed(way: Way) -> None:
    way.known.narrow[SUBJECT] = Narrowing({"returning": 2**31, "ads": 2**31})
    await way.segment(batch(line(visitor=7, ad="Google", visit=1)))
    await way.pass_once()
    assert await way.fetch("SELECT visit, visitor, ad FROM event") == [(1, None, None)]


@pytest.mark.parametrize("place", [0, 3, 6], ids=["first", "in the middle", "last"])
async def test_a_poisoned_batch_is_refused_alone(
    way: Way, place: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    batches = [batch(line(visit=number)) for number in range(7)]
    batches[place] = batch(b'{"site":"secret-\xff"}\n')
    await way.segment(*batches)
    await way.pass_once()
    assert await way.visits() == [number for number in range(7) if number != place]
    assert way.loader.counts.refused == 1
    told = caplog.text + capsys.readouterr().out
    assert "batch_refused" in told
    assert "secret" not in told
    await way.tidy()
    assert await way.loader.present() == []


async def test_a_damaged_narrowed_batch_is_refused_too(way: Way) -> None:
    way.known.narrow[SUBJECT] = Narrowing({"returning": 2**31, "ads": 2**31})
    await way.segment(batch(b"{broken\n"), batch(line(visit=1)))
    await way.pass_once()
    assert await way.visits() == [1]
    assert way.loader.counts.refused == 1


async def test_loads_are_bounded(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "LOAD_BATCHES", 3)
    await way.segment(*[batch(line(visit=number)) for number in range(4)])
    await way.segment(*[batch(line(visit=number)) for number in range(4, 8)])
    steps = 1
    while not await way.loader.step(way.known):
        steps += 1
    assert steps == 3
    assert await way.visits() == list(range(8))


async def test_complete_to_is_when_the_pass_began(way: Way) -> None:
    assert way.loader.complete_to == 0
    before = time.time()
    await way.segment(batch())
    await way.pass_once()
    assert before <= way.loader.complete_to <= time.time()


async def test_a_damaged_segment_is_moved_away_and_blocks_nobody(way: Way) -> None:
    damaged = await way.segment(*[batch(line(path="/" + "x" * 500)) for _ in range(50)])
    await way.segment(batch(line(visit=77)))
    path = way.spool / f"{damaged.segment}.sqlite3"
    await asyncio.to_thread(lambda: path.write_bytes(b"no database any more" * 500))
    await way.pass_once()
    assert 77 in await way.visits()
    assert way.loader.counts.damaged_segments == 1
    assert way.loader.complete_to == 0
    await way.pass_once()
    assert way.loader.complete_to > 0
    assert await asyncio.to_thread(lambda: [entry.name for entry in (way.spool / "damaged").iterdir()]) == [path.name]


async def test_a_segment_that_cannot_be_read_now_is_read_later(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    await way.segment(batch(line(visit=1)))

    def locked(*_: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(loaders, "SegmentReader", locked)
        await way.pass_once()
    assert way.loader.complete_to == 0
    assert way.loader.finished == frozenset()
    await way.pass_once()
    assert await way.visits() == [1]


async def test_what_a_load_could_not_store_is_loaded_next_time(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    await way.segment(batch(line(visit=1)))
    original = way.store.load

    async def fail(*_: Any) -> Any:
        raise duckdb.IOException("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(way.store, "load", fail)
        with pytest.raises(duckdb.IOException):
            await way.loader.step(way.known)
    assert way.store.load == original
    await way.loader.resume()
    await way.pass_once()
    assert await way.visits() == [1]


async def test_a_spool_that_is_not_there_yet_is_empty(way: Way) -> None:
    await way.loader.sweep()
    await way.pass_once()
    await way.tidy()
    assert await way.visits() == []
    assert not await asyncio.to_thread(way.spool.exists)
