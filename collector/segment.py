"""One spool segment: a SQLite file of committed batches, held by the lock of the process that writes it.

A segment is `<32 hex>.sqlite3` (with SQLite's `-wal` and `-shm`) and `<32 hex>.lock`. The name is random and never used
again, rows are numbered by AUTOINCREMENT, so (segment, row) names one batch for ever. Whoever holds the flock on the
lock file writes the segment; when the lock can be had, nobody writes it any more and nobody ever will.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Self
from urllib.parse import quote

import aiosqlite
from msgspec.structs import astuple

from collector.batch import Batch

# aiosqlite logs every statement with its parameters at debug level: rows must not reach a log.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)

BUSY_SECONDS = 1.0
"""How long a statement waits for another connection's lock before it fails."""

SCHEMA = """CREATE TABLE batch (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,  -- AUTOINCREMENT: a number is never given twice
    nonce    BLOB    NOT NULL,
    subject  BLOB    NOT NULL,
    issued   INTEGER NOT NULL,
    received INTEGER NOT NULL,
    lines    BLOB    NOT NULL
)"""
INSERT = "INSERT INTO batch (nonce, subject, issued, received, lines) VALUES (?, ?, ?, ?, ?)"
SIZES = (1, 2, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 96, 128)
INSERTS = {
    size: INSERT.replace("VALUES", "SELECT * FROM (VALUES")
    + ", (?, ?, ?, ?, ?)" * (size - 1)
    + ") WHERE column1 IS NOT NULL"
    for size in SIZES
}
"""By the number of batches, of which the last may be NULL and are passed over. One that stores several lets go of
Python's lock once instead of once a row, and each time the event loop may keep it for 5 ms. A statement for each number
up to 64 would take 8 MB."""
NOTHING = (None,) * 5
READ = "SELECT id, nonce, subject, issued, received, lines FROM batch WHERE id > ? ORDER BY id LIMIT ?"
LAST_SECOND = 2**33
"""Unix seconds of the year 2242: a time beyond it is damage."""
LAST_ROW = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'batch'), 0)"
FIRST_RECEIVED = "SELECT received FROM batch WHERE id > ? ORDER BY id LIMIT 1"


class SegmentDamaged(Exception):
    """The segment's file is not a readable SQLite database any more."""


OWN_FILE = re.compile(r"([0-9a-f]{32})\.(?:sqlite3(?:-wal|-shm|-journal)?|close|lock)")


def names(directory: Path) -> list[str]:
    """The segments whose database exists, in no meaningful order."""
    return sorted(path.stem for path in directory.glob("*.sqlite3") if OWN_FILE.fullmatch(path.name))


def hold(directory: Path, segment: str) -> int | None:
    """The lock of a segment that nobody writes any more, as a file descriptor; None while somebody does.

    The lock file is made anew where it is missing (a backup may leave it out).
    """
    descriptor = os.open(directory / f"{segment}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def adopt(directory: Path, segment: str) -> bool:
    """Whether nobody writes the segment any more, and nobody ever will. Raises sqlite3.Error."""
    lock = hold(directory, segment)
    if lock is None:
        return False
    try:
        # Its writer died while SQLite was turning the empty file to WAL: a reader may not roll that back.
        if (directory / f"{segment}.sqlite3-journal").exists():
            with contextlib.closing(sqlite3.connect(directory / f"{segment}.sqlite3")) as db:
                db.execute("SELECT count(*) FROM sqlite_master")
    finally:
        os.close(lock)
    return True


def remove(directory: Path, segment: str, lock: int) -> None:
    """Unlink a segment whose lock is held, durably, and let the lock go.

    The database goes first: what a crash then leaves behind is no segment any more and is swept at the next start.
    """
    try:
        for suffix in (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".sqlite3-journal", ".close", ".lock"):
            (directory / f"{segment}{suffix}").unlink(missing_ok=True)
        sync_directory(directory)
    finally:
        os.close(lock)


def sweep(directory: Path) -> None:
    """Remove what a crash left of segments that are gone: files whose database does not exist and nobody locks."""
    found = {match[1] for path in directory.iterdir() if (match := OWN_FILE.fullmatch(path.name))}
    for segment in found - set(names(directory)):
        lock = hold(directory, segment)
        if lock is not None:
            remove(directory, segment, lock)


def ask_to_close(directory: Path, segment: str) -> None:
    """Leave a mark by which the segment's writer, in whatever process, closes it within about a second."""
    (directory / f"{segment}.close").touch(mode=0o600)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class SegmentWriter:
    """The one connection that writes, and checkpoints, a segment."""

    def __init__(self, directory: Path, segment: str, lock: int, db: aiosqlite.Connection) -> None:
        self.segment = segment
        self.rows = 0
        self.bytes = 0
        """Bytes of the batches in it, without SQLite's own."""
        self._directory = directory
        self._lock = lock
        self._db = db

    @classmethod
    async def create(cls, directory: Path) -> Self:
        """A new, empty, locked segment. Raises OSError or sqlite3.Error, and then leaves nothing behind."""
        segment, lock = await asyncio.to_thread(_hold_new, directory)
        try:
            db = await aiosqlite.connect(
                directory / f"{segment}.sqlite3",
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
            try:
                await _prepare(db)
                await asyncio.to_thread(sync_directory, directory)
            except BaseException:
                await db.close()
                raise
        except BaseException:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(remove, directory, segment, lock)
            raise
        return cls(directory, segment, lock, db)

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Store batches in one transaction; they are on the disk when this returns. Raises sqlite3.Error."""
        size = next((size for size in INSERTS if size >= len(batches)), None)
        if size is not None:
            values = [*chain.from_iterable(map(astuple, batches)), *NOTHING * (size - len(batches))]
            await self._db.execute(INSERTS[size], values)  # a transaction of its own
        else:
            await self._db.execute("BEGIN")
            await self._db.executemany(INSERT, map(astuple, batches))
            await self._db.execute("COMMIT")
        self.rows += len(batches)
        self.bytes += sum(len(batch.lines) for batch in batches)

    async def asked_to_close(self) -> bool:
        """Whether `ask_to_close` was called for this segment."""
        return await asyncio.to_thread(os.path.exists, self._directory / f"{self.segment}.close")

    async def close(self) -> None:
        """Close the database, then let the lock go: from then on a loader may take the segment for finished."""
        try:
            with contextlib.suppress(sqlite3.Error):
                await self._db.rollback()
            with contextlib.suppress(sqlite3.Error):
                await self._db.close()
        finally:
            await asyncio.to_thread(os.close, self._lock)


def _hold_new(directory: Path) -> tuple[str, int]:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        segment = secrets.token_hex(16)
        path = directory / f"{segment}.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # A sweep may have taken and unlinked the file between the two calls: then this lock guards nothing.
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock), path.stat()):
                return segment, lock
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(lock)


async def _prepare(db: aiosqlite.Connection) -> None:
    """WAL and a sync at every commit, verified: SQLite answers a pragma it cannot follow with the old value."""
    for pragma, wanted in (("journal_mode = WAL", ("wal",)), ("synchronous = FULL", None), ("synchronous", (2,))):
        async with db.execute(f"PRAGMA {pragma}") as cursor:
            answer = await cursor.fetchone()
        if wanted is not None and (answer is None or tuple(answer) != wanted):
            raise sqlite3.OperationalError(f"this file system cannot hold the spool: PRAGMA {pragma} was refused")
    await db.execute(SCHEMA)


class SegmentReader:
    """Reads a segment, live or not, without ever writing or checkpointing it.

    SQLite below 3.51.3 has a rare corruption race between connections that checkpoint one WAL; a connection opened with
    `mode=ro` never does.
    """

    def __init__(self, directory: Path, segment: str) -> None:
        self.segment = segment
        path = quote(str(directory / f"{segment}.sqlite3"))
        # Read in whichever worker thread runs the pass, never in two at once.
        self._db = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        )
        # A flipped bit turns a BLOB to TEXT; as a str it may not even decode, which SQLite calls an OperationalError.
        self._db.text_factory = bytes

    def read(self, after: int, batches: int, size: int) -> tuple[list[tuple[int, Batch | None]], bool]:
        """Rows after a number, in order, until a count of batches or a size in bytes is reached; whether that was all.

        None stands for a row that is damaged. Raises SegmentDamaged, also where rows are missing, or
        sqlite3.OperationalError on what may pass by itself.
        """
        rows: list[tuple[int, Batch | None]] = []
        with self._readable():
            last = self._db.execute(LAST_ROW).fetchone()[0]  # before the rows: a writer may add some meanwhile
            with contextlib.closing(self._db.execute(READ, (after, batches))) as cursor:
                for row, *values in cursor:
                    if row != after + 1 + len(rows):  # numbers have no gaps: a commit that fails takes none
                        return _up_to_gap(rows, after)
                    batch = _whole(values)
                    rows.append((row, batch))
                    size -= len(batch.lines) if batch else 0
                    if size <= 0:
                        return rows, False
            if len(rows) < batches and after + len(rows) < last:
                return _up_to_gap(rows, after)
        return rows, len(rows) < batches

    def first_received(self, after: int) -> int | None:
        """When the first row after a number was received, in Unix seconds; rows lie in the order of arrival.

        Raises as `read` does, SegmentDamaged also where the row does not say.
        """
        found = None
        with self._readable(), contextlib.closing(self._db.execute(FIRST_RECEIVED, (after,))) as cursor:
            found = cursor.fetchone()
        if found is None:
            return None
        if not isinstance(found[0], int):
            raise SegmentDamaged("a row does not say when it was received")
        return found[0]

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            # No table: its writer died, or has not come, between creating the file and the table. Where there is more
            # than the first page, the statement fails because damage changed a name that it uses.
            if self._pages() > 1:
                raise SegmentDamaged(str(error)) from None
        except sqlite3.DatabaseError as error:
            raise SegmentDamaged(str(error)) from None
        except UnicodeDecodeError:  # SQLite quotes the damaged name in its message
            raise SegmentDamaged("a name in its schema is damaged") from None

    def _pages(self) -> int:
        try:
            pages: int = self._db.execute("PRAGMA page_count").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise SegmentDamaged(str(error)) from None
        return pages


def _up_to_gap(rows: list[tuple[int, Batch | None]], after: int) -> tuple[list[tuple[int, Batch | None]], bool]:
    """What lies before missing rows is read first; the next reading begins at the gap and finds nothing before it."""
    if not rows:
        raise SegmentDamaged(f"row {after + 1} is missing")
    return rows, False


def _whole(values: list[object]) -> Batch | None:
    """The batch of a row; None where damage made something else of a value: SQLite keeps no checksums."""
    match values:
        case [bytes(nonce), bytes(subject), int(issued), int(received), bytes(lines)] if (
            len(nonce) == len(subject) == 16 and 0 <= issued <= LAST_SECOND and 0 <= received <= LAST_SECOND
        ):
            return Batch(nonce, subject, issued, received, lines)
    return None
