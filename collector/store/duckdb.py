"""The event store on DuckDB: snapshots for readers, one writer, generations of files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import msgspec

from collector.store import generation as generations
from collector.store import rewrite
from collector.store.erasures import Narrowing
from collector.store.expiring import Expiring
from collector.store.generation import Place
from collector.store.interface import Row, Size
from collector.store.migrate import StoreError, migrate
from collector.store.queries import sql
from collector.store.threads import run
from collector.store.writer import SETTLED_AT_ONCE, Loaded, Queued, StoreWriter

T = TypeVar("T")

UNREADABLE = (
    *(duckdb.IOException, duckdb.ConnectionException, duckdb.OutOfMemoryException),
    *(duckdb.InternalError, duckdb.FatalException),
)
"""What is no statement's fault."""

READERS = 8
"""Snapshots open at once; further ones wait. Each query uses all the engine's threads anyway."""


class Column(msgspec.Struct, frozen=True):
    """One column of the running store, in words fit for a privacy notice."""

    table: str
    name: str
    type: str
    empty: bool
    """Whether it may be empty (NULL)."""
    about: str


class _Generation:
    """One open file and the readers that hold it."""

    def __init__(self, place: Place, name: str, db: duckdb.DuckDBPyConnection) -> None:
        self.name = name
        self.db = db
        # A connection of its own, so that handing a reader its cursor never waits for a load.
        self.writing = db.cursor()
        self.writer = StoreWriter(self.writing, place.loading)
        self._readers = 0
        self.idle = asyncio.Event()
        self.idle.set()

    def take(self) -> None:
        self._readers += 1
        self.idle.clear()

    def leave(self) -> None:
        self._readers -= 1
        if self._readers == 0:
            self.idle.set()


@contextmanager
def _readable() -> Iterator[None]:
    """What the engine cannot do, told without its words: they may quote values."""
    try:
        yield
    except UNREADABLE as error:
        raise StoreError(f"The event store cannot be read just now ({type(error).__name__}).") from None


class DuckSnapshot:
    """One read transaction; its queries run one after the other."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, pool: ThreadPoolExecutor) -> None:
        self._cursor = cursor
        self._pool = pool
        self._turn = asyncio.Lock()

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows of one statement; parameters are bound by name (`$name`).

        Raises StoreError when the store cannot be read, duckdb.Error for a statement that is wrong.
        Cancelling the caller interrupts the query within about 20 ms.
        """
        async with self._turn:
            with _readable():
                return await run(self._pool, partial(self._fetch, sql, params), self._cursor.interrupt)

    def _fetch(self, sql: str, params: Mapping[str, Any] | None) -> list[Row]:
        return self._cursor.execute(sql, dict(params or {})).fetchall()


class DuckStore:
    """The embedded event store. The write side (load … rewrite) belongs to the owner alone, one call at a time."""

    def __init__(self, place: Place, live: _Generation) -> None:
        self.complete_to = datetime.fromtimestamp(0, UTC)
        """Aware UTC time up to which every acknowledged event is in the reports; the epoch before the first pass."""
        self._place = place
        self._live = live
        self._left: _Generation | None = None
        """Was moved from, and may still have readers."""
        self._leaving = asyncio.Lock()
        self._open = asyncio.Event()
        self._open.set()
        self._closed = False
        self._slots = asyncio.Semaphore(READERS)
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._writer = ThreadPoolExecutor(1, "store-writer")

    @classmethod
    async def open(cls, place: Place) -> Self:
        """Open the current generation, or make the first; remove what a crash left. Raises StoreError, OSError.

        The caller holds the owner's lock.
        """
        name, db = await asyncio.to_thread(_open_current, place)
        return cls(place, _Generation(place, name, db))

    @property
    def begun(self) -> datetime:
        """When the current generation was begun (aware, UTC): older bytes than that are in no file of the store."""
        return generations.begun(self._live.name)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[DuckSnapshot]:
        """A read transaction: its first query fixes what it sees. A rewrite of the store does not disturb it.

        Raises StoreError when the store cannot be read, or is closed.
        """
        async with self._slots:
            await self._open.wait()
            if self._closed:
                raise StoreError("The event store is closed; the server is stopping.")
            held = self._live
            held.take()
            try:
                with _readable():
                    cursor = await run(self._readers, held.db.cursor)
                try:
                    with _readable():
                        await run(self._readers, partial(cursor.execute, "BEGIN TRANSACTION READ ONLY"))
                    yield DuckSnapshot(cursor, self._readers)
                finally:
                    await run(self._readers, cursor.close)
            finally:
                held.leave()

    async def schema(self) -> list[Column]:
        """Every column the store really has, table by table."""
        async with self.snapshot() as snapshot:
            rows = await snapshot.fetch(sql("columns"))
        return [Column(table, name, kind, empty, about or "") for table, _, name, kind, empty, about in rows]

    async def positions(self) -> dict[str, int]:
        """The last row loaded of each spool segment."""
        return await self._write(lambda writer: writer.positions())

    async def load(self, queued: Sequence[Queued]) -> Loaded:
        """Store rows of the spool once, with their positions. Raises BadLines, duckdb.Error."""
        return await self._write(lambda writer: writer.load(queued))

    async def append(self, rows: str, parameters: Mapping[str, object]) -> int:
        """Store the rows that a SELECT of our own makes up (the demo's). Returns rows. Raises duckdb.Error."""
        return await self._write(lambda writer: writer.append(rows, parameters))

    async def drop_subjects(self, subjects: Collection[bytes]) -> int:
        """Delete the rows of subjects; reports drop them at once, the bytes go with the next rewrite. Returns rows."""
        return await self._write(lambda writer: writer.drop_subjects(subjects))

    async def narrow(self, narrowings: Mapping[bytes, Narrowing]) -> int:
        """Take from stored rows what a narrower consent no longer covers. Returns rows."""
        return await self._write(lambda writer: writer.narrow(narrowings))

    async def expire(self, expiring: Sequence[Expiring]) -> dict[str, int]:
        """Delete expired rows and keep their totals; the bytes go with the next rewrite. Returns rows, by site."""
        return await self._write(lambda writer: writer.expire(expiring))

    async def settle(self, most: int = SETTLED_AT_ONCE) -> int:
        """Settle visits that changed, at most so many; returns how many it were. Reports are right before it, too."""
        return await self._write(lambda writer: writer.settle(most))

    async def prune(self, horizon: int, present: Collection[str]) -> None:
        """Forget nonces received before a Unix second, and positions in segments that are gone from the disk."""
        await self._write(lambda writer: writer.prune(horizon, present))

    async def checkpoint(self) -> None:
        """Bring everything into the file itself: from then on the spool may forget what was loaded before."""
        await self._write(lambda writer: writer.checkpoint())

    async def log_bytes(self) -> int:
        """Size of the write-ahead log."""
        path = self._place.database(self._live.name)
        return await asyncio.to_thread(_size, path.with_name(f"{path.name}.wal"))

    async def size(self) -> Size:
        """How large the generation in use is now, over all sites."""
        path = self._place.database(self._live.name)
        async with self.snapshot() as snapshot:
            rows = int((await snapshot.fetch("SELECT count(*) FROM event"))[0][0])
        return Size(await asyncio.to_thread(_size, path) + await self.log_bytes(), rows)

    async def forget_damage(self) -> None:
        """Remove logs that were set aside, once what they held has been loaded again and checkpointed."""
        await asyncio.to_thread(generations.remove_asides, self._place)

    def copy(self) -> rewrite.Copy:
        """A copy of the current generation, to be made while this one goes on."""
        return rewrite.Copy(self._place, self._live.db)

    async def beside(self, generation: str) -> "DuckStore":
        """The store as it will be once a finished copy counts: to be caught up, then for `move_to`."""
        db = await run(None, partial(generations.connect, self._place, generation))
        return DuckStore(self._place, _Generation(self._place, generation, db))

    async def move_to(self, successor: "DuckStore") -> None:
        """Let a generation count that holds all that this one does; `leave_old` ends it. Raises OSError, duckdb.Error.

        New snapshots see it at once, running ones finish on the old one.
        """
        old, new = self._live, successor._live
        counts = await run(self._writer, partial(rewrite.erased, old.writing))
        await run(self._writer, partial(rewrite.level_erased, new.writing, counts))
        try:
            await asyncio.to_thread(generations.name_current, self._place, new.name)
        except OSError:
            # Which of the two counts is not known until CURRENT is read again: not a row may be written before.
            await successor.close()
            await self.reopen()
            raise
        self._live, self._left = new, old
        successor._end_threads()

    async def leave_old(self) -> None:
        """Wait for the last reader of the generation that was moved from, then close and unlink it."""
        async with self._leaving:
            if self._left is None:
                return
            await self._left.idle.wait()
            # Not where the writer works: the engine checkpoints once more before it closes.
            await asyncio.to_thread(self._left.db.close)
            self._left = None
            await asyncio.to_thread(generations.remove_others, self._place, self._live.name)

    async def rewrite(self) -> None:
        """Copy everything into a new generation while nothing else writes, and move over; the old file is gone then."""
        copy = self.copy()
        try:
            for step in (copy.prepare, copy.fix, copy.run):
                await run(self._writer, step)
            successor = await self.beside(copy.name)
        except BaseException:
            await run(self._writer, copy.discard)
            raise
        await self.move_to(successor)
        await self.leave_old()

    async def reopen(self) -> None:
        """Close and open again, after an error that leaves the engine unusable. Readers wait meanwhile."""
        await self.leave_old()
        self._open.clear()
        await self._live.idle.wait()
        await run(self._writer, self._live.db.close)
        name, db = await asyncio.to_thread(_open_current, self._place)
        self._live = _Generation(self._place, name, db)
        self._open.set()

    async def close(self) -> None:
        """Wait for the readers, then close the file."""
        await self.leave_old()
        self._open.clear()
        await self._live.idle.wait()
        await run(self._writer, self._live.db.close)
        self._closed = True
        self._open.set()
        self._end_threads()

    def _end_threads(self) -> None:
        self._readers.shutdown(wait=False)
        self._writer.shutdown(wait=False)

    async def _write(self, work: Callable[[StoreWriter], T]) -> T:
        writer = self._live.writer
        return await run(self._writer, lambda: work(writer))


def _open_current(place: Place) -> tuple[str, duckdb.DuckDBPyConnection]:
    generations.prepare(place)
    name = generations.current(place) or rewrite.first(place)
    db = generations.connect(place, name)
    try:
        # First of all: what a newer version wrote is refused as it lies.
        migrate(db)
        # Again, even where it is there: it may have been written without reaching the disk.
        generations.name_current(place, name)
        generations.remove_others(place, name)
    except BaseException:
        db.close()
        raise
    return name, db


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
