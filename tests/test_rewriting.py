"""A rewrite step by step: whatever happens meanwhile, the new file holds what a store without rewrites holds."""

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from collector import rewriting
from collector.batch import Batch
from collector.loader import Loader
from collector.rewriting import Rewriting
from collector.segment import SegmentWriter
from collector.store import generation as generations
from collector.store import queries, rewrite
from collector.store.duckdb import DuckStore
from collector.store.erasures import Applied, Narrowing
from collector.store.generation import Place
from collector.store.migrate import StoreError
from tests.rows import Known, batch, line

STEPS = ("prepare", "fix", "copy", "catch_up", "move", "leave")
COUNT = "SELECT count(*) FROM event"
EVENTS = "SELECT * FROM event"
ERASED = "SELECT site, hour, sum(visits) FROM erased GROUP BY ALL HAVING sum(visits) <> 0"


class Side:
    """A store with its loader, as the owner has them."""

    def __init__(self, store: DuckStore, spool: Path, known: Known) -> None:
        self.store, self.known, self.spool = store, known, spool
        self.loader = Loader(spool, store)
        self.applied = Applied()

    @classmethod
    async def open(cls, data: Path, spool: Path, known: Known) -> "Side":
        side = cls(await DuckStore.open(Place(data, memory="500MB", threads=1)), spool, known)
        await side.loader.resume()
        return side

    async def round(self) -> None:
        """Erase and load, as one round of the owner does."""
        await self.applied.apply(self.store, self.known.tombstones(), self.known.narrowings())
        while not await self.loader.step(self.known):
            pass

    async def fetch(self, statement: str) -> list[Any]:
        async with self.store.snapshot() as snapshot:
            return await snapshot.fetch(statement)

    async def held(self) -> tuple[Counter[Any], Counter[Any]]:
        """All rows, and the counts of what was erased."""
        return Counter(await self.fetch(EVENTS)), Counter(await self.fetch(ERASED))

    async def close(self) -> None:
        await self.loader.close()
        await self.store.close()


class House:
    """One spool, a store that is rewritten, and beside it one that never is."""

    def __init__(self, data: Path, one: Side, never: Side, known: Known) -> None:
        self.data, self.one, self.never, self.known = data, one, never, known
        self.choose = random.Random(3)
        self.work: Rewriting | None = None
        self.visit = 0
        self.sent: list[Batch] = []

    async def send(self, *batches: Batch) -> SegmentWriter:
        """A closed segment with these batches."""
        writer = await SegmentWriter.create(self.data / "spool")
        await writer.commit(batches)
        await writer.close()
        return writer

    async def live_on(self) -> None:
        """Whatever a site sees: new and late visits, retries, an erasure, a narrowing; loaded by both sides."""
        fresh = []
        for _ in range(4):
            self.visit += 1
            subject = bytes([self.visit % 256]) * 16
            day = self.choose.randint(1, 28)
            lines = [
                line(
                    subject, visit=self.visit, nth=nth, visitor=self.visit, occurred_at=f"2025-02-{day:02} 10:00:0{nth}"
                )
                for nth in range(3)
            ]
            fresh.append(batch(*lines, subject=subject))
        retries = self.choose.sample(self.sent, min(2, len(self.sent)))
        await self.send(fresh[0], *retries)
        await self.send(*fresh[1:], retries[0] if retries else fresh[0])
        self.sent += fresh
        await self.round()
        self.known.dead.add(self.choose.choice(self.sent).subject)
        self.known.narrow[self.choose.choice(self.sent).subject] = Narrowing({"returning": 2**31})
        await self.round()

    async def round(self) -> None:
        await self.one.round()
        await self.never.round()

    async def step(self, name: str) -> None:
        """The next step of the rewrite."""
        if self.work is None:
            self.work = Rewriting(self.one.store, self.data / "spool", self.known)
        if name == "fix":
            await self.work.fix(self.one.applied)
        elif name == "catch_up":
            await self.work.catch_up(self.one.applied)
        elif name == "move":
            while not await self.work.move(self.one.applied):
                pass
            self.one.applied = self.work.applied
            await self.one.loader.resume()
        else:
            await getattr(self.work, name)()

    async def abandon(self) -> None:
        """Give the rewrite up."""
        assert self.work is not None
        await self.work.abandon()
        self.work = None

    async def steps(self, *names: str) -> None:
        for name in names:
            await self.step(name)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    known = Known()
    one = await Side.open(tmp_path, tmp_path / "spool", known)
    never = await Side.open(tmp_path / "never", tmp_path / "spool", known)
    house = House(tmp_path, one, never, known)
    yield house
    if house.work is not None:
        await house.abandon()
    await one.close()
    await never.close()


async def test_nothing_that_happens_between_two_steps_is_lost_or_doubled(house: House) -> None:
    await house.live_on()
    for name in STEPS:
        await house.step(name)
        await house.live_on()
        assert await house.one.held() == await house.never.held(), name
    names = await asyncio.to_thread(_entries, house.data / "events")
    current = await asyncio.to_thread((house.data / "events" / "CURRENT").read_text)
    assert {entry for entry in names if not entry.endswith(".wal")} == {"CURRENT", f"{current.strip()}.duckdb"}


@pytest.mark.parametrize("last", STEPS)
async def test_a_kill_leaves_a_whole_store(house: House, tmp_path: Path, last: str) -> None:
    """What lies on the disk after each step is opened as after kill -9: it holds everything, once."""
    await house.live_on()
    for name in STEPS[: STEPS.index(last) + 1]:
        await house.step(name)
        await house.live_on()
    killed = tmp_path / "killed"
    await asyncio.to_thread(shutil.copytree, tmp_path / "events", killed / "events")
    again = await Side.open(killed, tmp_path / "spool", house.known)
    await again.round()
    assert (await again.held())[0] == (await house.never.held())[0]
    assert len([entry for entry in await asyncio.to_thread(_entries, killed / "events") if ".wal" not in entry]) == 2
    await again.close()


@pytest.mark.parametrize("late", STEPS)
async def test_a_retry_during_the_rewrite_is_stored_once(house: House, late: str) -> None:
    early = [batch(line(visit=number)) for number in range(len(STEPS) + 1)]
    await house.send(early[-1])
    await house.round()
    for number, name in enumerate(STEPS):
        await house.step(name)
        await house.send(early[number])
        if name == late:
            await house.send(*early)
        await house.round()
    await house.send(*early)
    await house.round()
    assert await house.one.fetch("SELECT visit, count(*) FROM event GROUP BY visit ORDER BY visit") == [
        (number, 1) for number in range(len(early))
    ]


@pytest.mark.parametrize("late", ["prepare", "fix", "copy", "catch_up"])
async def test_the_new_file_shows_no_row_of_the_erased(house: House, late: str) -> None:
    gone, kept = b"g" * 16, b"k" * 16
    await house.send(*(batch(line(who, visit=who[0]), subject=who) for who in (gone, kept)))
    await house.round()
    for name in STEPS[: STEPS.index("move")]:
        await house.step(name)
        if name == late:
            house.known.dead.add(gone)
            await house.round()
            assert await house.one.fetch("SELECT visit FROM event") == [(kept[0],)]
    await house.step("move")
    assert await house.one.fetch("SELECT visit FROM event") == [(kept[0],)]
    assert await house.one.fetch("SELECT sum(visits) FROM erased") == [(1,)]


async def test_catching_up_leaves_no_erasure_for_the_pause(house: House) -> None:
    await house.live_on()
    await house.steps("prepare", "fix", "copy")
    await house.live_on()
    await house.step("catch_up")
    assert house.work is not None
    assert house.work.applied.dropped == house.one.applied.dropped
    assert house.work.applied.narrowed == house.one.applied.narrowed


async def test_bytes_erased_before_the_snapshot_are_not_in_the_new_file(house: House) -> None:
    house.known.dead.add(b"g" * 16)
    await house.steps("prepare", "fix")
    began = generations.begun(house.work._copy.name)  # type: ignore[union-attr]
    await house.steps("copy", "catch_up", "move", "leave")
    assert house.one.store.begun == began


async def test_a_reader_keeps_its_file_over_the_move(house: House) -> None:
    await house.live_on()
    before = await house.one.held()
    old = house.one.store._live.name
    async with house.one.store.snapshot() as held:
        assert Counter(await held.fetch(EVENTS)) == before[0]
        await house.steps("prepare", "fix", "copy", "catch_up")
        await house.live_on()
        await house.step("move")
        leaving = asyncio.create_task(house.work.leave())  # type: ignore[union-attr]
        assert Counter(await held.fetch(EVENTS)) == before[0]
        assert await house.one.held() == await house.never.held()
        await house.live_on()  # nobody waits for that reader but the file
        assert not leaving.done()
        assert await asyncio.to_thread(house.one.store._place.database(old).exists)
    await leaving
    assert not await asyncio.to_thread(house.one.store._place.database(old).exists)


async def test_too_much_for_one_turn_is_brought_over_aside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.steps("prepare", "fix", "copy", "catch_up")
    monkeypatch.setattr("collector.loader.LOAD_BATCHES", 1)
    await house.send(*(batch(line(visit=number)) for number in range(4)))
    await house.round()
    assert house.work is not None
    with monkeypatch.context() as patch:
        patch.setattr(rewriting, "MOVE_SECONDS", 0.0)
        assert not await house.work.move(house.one.applied)
    assert not house.work.moved
    await house.steps("catch_up", "move", "leave")
    assert await house.one.held() == await house.never.held()


async def test_an_erasure_of_the_last_moment_is_applied_aside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.live_on()
    await house.steps("prepare", "fix", "copy", "catch_up")
    await house.live_on()
    assert house.work is not None
    assert not await house.work.move(house.one.applied)
    await house.step("catch_up")
    assert await house.work.move(house.one.applied)


async def test_rows_that_cannot_be_read_again_keep_the_old_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.steps("prepare", "fix")
    segment = (await house.send(batch(line(visit=7)))).segment
    await house.round()
    await asyncio.to_thread((house.data / "spool" / f"{segment}.sqlite3").unlink)
    await house.steps("copy", "catch_up")
    assert house.work is not None
    assert not await house.work.move(house.one.applied)
    monkeypatch.setattr(rewriting, "UNREAD_SECONDS", -1.0)
    with pytest.raises(StoreError, match="cannot be read again"):
        await house.work.move(house.one.applied)
    await house.abandon()
    assert await house.one.fetch("SELECT visit FROM event") == [(7,)]


@pytest.mark.parametrize("last", STEPS[: STEPS.index("move")])
async def test_an_abandoned_rewrite_leaves_nothing(house: House, last: str) -> None:
    await house.live_on()
    before = await asyncio.to_thread(_entries, house.data / "events")
    await house.steps(*STEPS[: STEPS.index(last) + 1])
    await house.abandon()
    assert await asyncio.to_thread(_entries, house.data / "events") == before
    await house.live_on()
    assert await house.one.held() == await house.never.held()
    await house.steps(*STEPS)
    assert await house.one.held() == await house.never.held()


async def test_a_copy_can_be_interrupted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.live_on()
    before = await asyncio.to_thread(_entries, house.data / "events")
    endless = "INSERT INTO next.event SELECT event.* FROM event, range(10000000000) WHERE {portion} ORDER BY range"
    monkeypatch.setitem(queries.STATEMENTS, "copy_event", endless)
    await house.steps("prepare", "fix")
    copying = asyncio.create_task(house.step("copy"))
    await asyncio.sleep(0.2)
    await house.live_on()  # nobody waits for it
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    await house.abandon()
    assert await asyncio.to_thread(_entries, house.data / "events") == before
    assert await house.one.held() == await house.never.held()


async def test_a_file_that_cannot_be_begun_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.live_on()
    before = await asyncio.to_thread(_entries, house.data / "events")

    def fail(*_: object) -> None:
        raise duckdb.IOException("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(rewrite, "attach", fail)
        with pytest.raises(duckdb.IOException):
            await house.step("prepare")
    await house.abandon()
    assert await asyncio.to_thread(_entries, house.data / "events") == before
    await house.steps(*STEPS)
    assert await house.one.held() == await house.never.held()


async def test_a_full_disk_ends_the_copy_in_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.live_on()
    monkeypatch.setattr(rewrite, "SPARE_BYTES", 2**62)
    await house.steps("prepare", "fix")
    with pytest.raises(StoreError, match="make room"):
        await house.step("copy")


async def test_an_error_of_the_engine_in_the_copy_is_no_error_of_the_store(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.live_on()
    monkeypatch.setitem(queries.STATEMENTS, "copy_erased", "INSERT INTO next.erased SELECT 'a', NULL, 1")
    await house.steps("prepare", "fix")
    with pytest.raises(duckdb.Error, match="NOT NULL"):
        await house.step("copy")
    await house.abandon()
    await house.live_on()
    assert await house.one.held() == await house.never.held()


def _entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
