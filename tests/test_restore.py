"""Back and forth: what was backed up is there again, what was erased since is not, and nothing damaged is believed."""

import asyncio
import json
import random
import shutil
import tarfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from collector import server
from collector.archive import ArchiveError
from collector.backup import _Work, copied
from collector.cli.upkeep import backed_up
from collector.consent import record
from collector.consent.burial import ErasureLogError
from collector.consent.erasure_log import ErasureLog
from collector.consent.keys import Keys
from collector.consent.notice import Draft, publish
from collector.owner_lock import OwnerRunning
from collector.restore import _unpack, restore
from collector.settings import Settings
from collector.spool import Spool
from collector.state import sites
from collector.state.database import State, StateError
from collector.state.tables import consent_log, tombstone
from collector.store import migrate as migrations
from collector.store.migrate import StoreError
from tests.processes import stored_rows
from tests.rows import batch, line

SITE = "example.com"
STAYS, GOES = b"s" * 16, b"g" * 16
ROWS = "SELECT path, subject::VARCHAR FROM event ORDER BY path"


def settings(data: Path) -> Settings:
    return Settings(data=str(data), duckdb_memory="500MB", duckdb_threads=1, duckdb_compression="off")


class House:
    """A data directory with a site, and its owner while it runs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.settings = settings(data)

    def found(self) -> None:
        async def add(state: State) -> None:
            async with state.write() as connection:
                await sites.add(connection, sites.checked(SITE), 1)
                await publish(connection, SITE, Draft(controller="A", contact="a@example.com"), "now", 1)

        self.state(add)
        Keys.open(self.data)

    def state(self, work: Callable[[State], Awaitable[Any]]) -> Any:
        state = State.open(self.data)

        async def run() -> Any:
            try:
                return await work(state)
            finally:
                await state.close()

        return asyncio.run(run())

    def send(self, *subjects: bytes) -> None:
        """A row each, into the spool alone."""
        asyncio.run(self.sent(*subjects))

    async def sent(self, *subjects: bytes) -> None:
        spool = await Spool.open(self.data / "spool")
        for number, subject in enumerate(subjects):
            path = f"/canary-{subject[:1].decode()}-{number}"
            await spool.append(batch(line(subject, site=SITE, visit=number, path=path), subject=subject))
        await spool.close()

    def load(self) -> None:
        """Be the owner until all of the spool is loaded."""

        async def work(state: State) -> None:
            async with server.following(state) as follower, server.owning(self.settings, follower) as owner:
                await owner.disperse()

        self.state(work)

    def withdraw(self, subject: bytes) -> None:
        async def work(state: State) -> None:
            async with state.write() as connection:
                await connection.execute(insert(tombstone).values(subject=subject, site=SITE, buried_at=1_790_000_000))
                await record.append(connection, "withdrawn", subject, 1_790_000_000, site=SITE)
            await ErasureLog(self.data).catch_up(state)

        self.state(work)

    def rows(self) -> list[tuple[object, ...]]:
        return stored_rows(self.data, ROWS)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with rows in store and spool, and a backup of it beside: made once, to be copied."""
    found = House(tmp_path_factory.mktemp("founded") / "data")
    found.found()
    found.send(STAYS, GOES)
    found.load()
    found.send(STAYS)  # waits in the spool
    asyncio.run(backed_up(found.settings, found.data.parent / "a.tar"))
    return found.data.parent


@pytest.fixture
def house(tmp_path: Path, founded: Path) -> House:
    return House(shutil.copytree(founded / "data", tmp_path / "data"))


@pytest.fixture
def taken(founded: Path) -> Path:
    """The backup of it."""
    return founded / "a.tar"


def restored(
    file: Path, data: Path, erasures: Path | None = None, *, accept: bool = False
) -> tuple[House, dict[str, Any]]:
    restoring = restore(file, settings(data), erasures, accept=accept, moved=lambda _: None, size=lambda _: None)
    done = asyncio.run(restoring)
    return House(data), done


def made(house: House, name: str = "a.tar") -> Path:
    file = house.data.parent / name
    asyncio.run(backed_up(house.settings, file))
    return file


def test_everything_is_there_again(house: House, taken: Path, tmp_path: Path) -> None:
    assert taken.stat().st_mode & 0o777 == 0o600
    house.load()
    other, done = restored(taken, tmp_path / "other", accept=True)
    for table in ("event", "visit", "step", "erased", "total", "seen"):
        whole = f"SELECT * FROM {table} ORDER BY ALL"
        assert stored_rows(other.data, whole) == stored_rows(house.data, whole), table
    assert len(other.rows()) == 3
    assert (done["erased"], done["expired"]) == (0, 0)
    assert (other.data / "keys.json").read_bytes() == (house.data / "keys.json").read_bytes()
    assert not (other.data / ".restoring").exists()
    other.send(GOES)  # and it goes on
    other.load()
    assert len(other.rows()) == 4


def test_who_withdrew_since_stays_erased(house: House, taken: Path, tmp_path: Path) -> None:
    assert b"canary-g-1" in taken.read_bytes()  # the search sees it
    house.withdraw(GOES)
    other, done = restored(taken, tmp_path / "other", house.data / "erasures.ndjson")
    assert done["erased"] == 1
    assert [path for path, _ in other.rows()] == ["/canary-s-0", "/canary-s-0"]
    assert b"canary-g-1" not in _bytes(other.data)
    assert b"canary-s-0" in _bytes(other.data)
    assert (other.data / "erasures.ndjson").read_bytes() == (house.data / "erasures.ndjson").read_bytes()
    other.send(GOES)  # a late batch of theirs
    other.load()
    assert len(other.rows()) == 2
    _, done = restored(taken, tmp_path / "again", house.data / "erasures.ndjson")
    assert done["erased"] == 1


def test_a_restored_log_is_a_whole_chain(house: House, taken: Path, tmp_path: Path) -> None:
    house.withdraw(GOES)
    other, _ = restored(taken, tmp_path / "other", house.data / "erasures.ndjson")

    async def chain(state: State) -> None:
        async with state.read() as connection:
            entries = (await connection.execute(select(consent_log).order_by(consent_log.c.seq))).all()
        assert [json.loads(entry.body)["kind"] for entry in entries] == ["withdrawn"]
        assert bytes(entries[0].link) == record.link(record.FIRST, bytes(entries[0].body_hash))

    other.state(chain)


def test_without_the_log_it_is_refused(taken: Path, tmp_path: Path) -> None:
    with pytest.raises(ErasureLogError, match=r"--erasures.*--accept-missing-erasures"):
        restored(taken, tmp_path / "other")
    assert not (tmp_path / "other").exists()


LOGS = {
    "no log at all": (b"\x00\x01garbage\n", "no erasure log"),
    "older than the backup": (b"", "older than the backup"),
}


@pytest.mark.parametrize(("content", "told"), LOGS.values(), ids=LOGS)
def test_a_log_that_cannot_be_right_is_refused(house: House, tmp_path: Path, content: bytes, told: str) -> None:
    house.withdraw(GOES)
    file = made(house)
    log = tmp_path / "log"
    log.write_bytes(content)
    with pytest.raises(ErasureLogError, match=told):
        restored(file, tmp_path / "other", log)
    assert list((tmp_path / "other").glob("*")) == []


def test_a_torn_line_is_told_and_the_rest_is_done(house: House, taken: Path, tmp_path: Path) -> None:
    house.withdraw(GOES)
    log = tmp_path / "log"
    log.write_bytes((house.data / "erasures.ndjson").read_bytes() + b'{"subject":"00')
    _, done = restored(taken, tmp_path / "other", log)
    assert (done["erased"], done["unreadable_lines"]) == (1, 1)


def test_an_existing_folder_is_left_alone(house: House, taken: Path) -> None:
    before = _bytes(house.data)
    with pytest.raises(ArchiveError, match="is not empty"):
        restored(taken, house.data, accept=True)
    assert _bytes(house.data) == before


def test_a_running_server_is_named(house: House, taken: Path) -> None:

    async def work(state: State) -> None:
        async with server.following(state) as follower, server.owning(house.settings, follower):
            with pytest.raises(OwnerRunning, match="Stop it first"):
                await restore(taken, house.settings, None, accept=True, moved=lambda _: None, size=lambda _: None)

    house.state(work)


def test_what_a_killed_restore_left_is_replaced(taken: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / ".restoring" / "events").mkdir(parents=True)
    (tmp_path / "other" / ".restoring" / "keys.json").write_text("half")
    other, _ = restored(taken, tmp_path / "other", accept=True)
    assert len(other.rows()) == 3


def test_where_a_restore_was_cut_short_nothing_starts(tmp_path: Path) -> None:
    """It may hold rows of the erased, which nobody would remove."""
    (tmp_path / "other" / ".restoring").mkdir(parents=True)
    with pytest.raises(StateError, match="was cut short"):
        State.open(tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == [".restoring"]


async def test_a_restore_that_is_given_up_is_over(taken: Path, tmp_path: Path) -> None:
    """Whoever pressed Ctrl-C finds nothing of it, and nothing comes after."""
    begun, calls = threading.Event(), 0

    def moved(_: int) -> None:
        nonlocal calls
        calls += 1
        begun.set()
        time.sleep(0.1)

    to = settings(tmp_path / "other")
    restoring = asyncio.create_task(restore(taken, to, None, accept=True, moved=moved, size=lambda _: None))
    await asyncio.to_thread(begun.wait, 10)
    restoring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await restoring
    told = calls
    await asyncio.sleep(0.5)
    assert calls == told
    assert await asyncio.to_thread(lambda: list((tmp_path / "other").iterdir())) == []


def test_a_damaged_backup_is_refused(taken: Path, tmp_path: Path) -> None:
    """Cut off anywhere, or one bit of it turned over: refused, or nothing that matters was hit."""
    whole, chance = taken.read_bytes(), random.Random(4)
    damaged = tmp_path / "damaged.tar"
    content = _content(taken)
    refused = 0
    for number in range(40):
        place = chance.randrange(len(whole) - 20_480 if number % 2 else len(whole))  # the tar ends in empty blocks
        hurt = whole[:place] if number % 2 else _turned(whole, place, chance.randrange(8))
        damaged.write_bytes(hurt)
        try:
            _unpacked(damaged, tmp_path / "unpacked")
        except ArchiveError as error:
            assert "no whole backup" in str(error)
            refused += 1
        else:
            assert _content(damaged) == content
    assert refused > 30


def _unpacked(file: Path, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    _unpack(file, into, lambda _: None, lambda _: None)


def _turned(whole: bytes, place: int, bit: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]


def _content(file: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(file) as tar:
        return [(entry.name, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]


def test_a_backup_of_a_newer_version_is_refused(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("collector.backup.steps", lambda: [(99, "")])
        file = made(house)
    with pytest.raises(ArchiveError, match=rf"schema version 99.*up to {migrations.steps()[-1][0]}"):
        restored(file, tmp_path / "other", accept=True)
    with monkeypatch.context() as patch:
        patch.setattr("collector.restore.newest", lambda: "0000")
        with pytest.raises(ArchiveError, match="state schema"):
            restored(made(house, "b.tar"), tmp_path / "other", accept=True)
    assert list((tmp_path / "other").glob("*")) == []


def test_a_name_that_leads_out_is_refused(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.backup.FILES", ("../outside",))
    (house.data.parent / "outside").write_text("x")
    file = made(house)
    with pytest.raises(ArchiveError, match="strange name"):
        restored(file, tmp_path / "other", accept=True)


def test_a_backup_that_fails_leaves_nothing(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = made(house)
    with pytest.raises(ArchiveError, match="exists already"):
        made(house)
    with pytest.raises(ArchiveError, match="no folder"):
        made(house, "nowhere/a.tar")
    before = sorted(path.name for path in house.data.parent.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr("collector.backup.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
        with pytest.raises(ArchiveError, match="no room"):
            made(house, "b.tar")
    with monkeypatch.context() as patch:
        patch.setattr("collector.archive.Writer.close", _fail)
        with pytest.raises(StoreError):
            made(house, "b.tar")
    assert sorted(path.name for path in house.data.parent.iterdir()) == before
    assert len(list((house.data / "events").glob("*.duckdb"))) == 1
    assert taken.exists()


def _fail(*_: object) -> None:
    raise StoreError("broken")


def test_what_a_killed_backup_left_goes_with_the_next(house: House) -> None:
    left = house.data.parent / ".a.tar.00000000.part"
    left.write_bytes(b"half")
    made(house)
    assert not left.exists()


def test_it_can_be_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(state: State) -> None:
        async with server.following(state) as follower, server.owning(house.settings, follower) as owner:
            making = asyncio.create_task(owner.backup.make(str(house.data.parent / "a.tar")))
            async with asyncio.timeout(10):
                while owner.backup.status is None:
                    await asyncio.sleep(0)
            await owner.backup.stop()
            with pytest.raises(ArchiveError, match="was stopped"):
                await making
            assert owner.backup.status is None
            await owner.erase_now()  # nothing is held up

    house.state(work)
    assert [path.name for path in house.data.parent.iterdir()] == ["data"]


def test_one_that_is_given_up_before_it_begins_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = _Work.prepare

    def slowly(work: _Work) -> None:
        time.sleep(0.3)
        prepare(work)

    monkeypatch.setattr(_Work, "prepare", slowly)

    async def work(state: State) -> None:
        async with server.following(state) as follower, server.owning(house.settings, follower) as owner:
            making = asyncio.create_task(owner.backup.make(str(house.data.parent / "a.tar")))
            await asyncio.sleep(0.1)
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)
            await asyncio.sleep(0.4)

    house.state(work)
    assert [path.name for path in house.data.parent.iterdir()] == ["data"]


def test_a_folder_gets_a_file_named_by_the_time(house: House, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    told = asyncio.run(backed_up(house.settings, tmp_path / "backups"))
    assert Path(told["path"]).name.startswith("byleave-20")
    assert [str(path) for path in (tmp_path / "backups").iterdir()] == [told["path"]]


def test_the_spool_keeps_what_the_copy_lacks(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that come, are loaded and could leave the spool while the copy is made are in the backup all the same."""
    monkeypatch.setattr("collector.owner.CHECKPOINT_SECONDS", 0.0)

    async def work(state: State) -> None:
        async with server.following(state) as follower, server.owning(house.settings, follower) as owner:
            async with copied(owner) as copy:
                await house.sent(GOES)
                async with asyncio.timeout(10):
                    while not owner.loader.finished:
                        await asyncio.sleep(0.02)
                dispersing = asyncio.create_task(owner.disperse())  # as when erasures are marked after a rewrite
                await asyncio.sleep(0.5)
                assert await owner.loader.present() and not dispersing.done()
                assert copy.share == 1
            async with asyncio.timeout(10):
                await dispersing
            assert await owner.loader.present() == []

    house.state(work)


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_socket())
