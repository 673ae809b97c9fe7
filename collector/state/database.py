"""The state database: opened, migrated, read and written through SQLAlchemy Core.

SQLite keeps it in rollback-journal mode on purpose. Several processes write it, and SQLite before 3.51.3 can corrupt
a write-ahead log that two connections checkpoint at the same instant; the hot path never waits for this database, so
the rollback journal's slower commit costs nothing that a visitor sees. `secure_delete` overwrites what is removed.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, event, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from collector.state.tables import change

FILE = "state.sqlite3"
STAGING = ".restoring"
"""Where a restore puts all together within the new data folder, until its erasures are done."""
BUSY_MS = 5_000  # how long a writer waits for another process's write; the longest write is a consent, ~10 ms
_MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MS}",
)


class StateError(Exception):
    """The state database cannot be used; the message says what to do."""


class State:
    """Connections to the state database of one data directory."""

    def __init__(self, engine: AsyncEngine, file: Path) -> None:
        self._engine = engine
        self._file = file
        self._identity = _identity(file)
        self._lost = False

    @classmethod
    def open(cls, data: Path) -> "State":
        """Create or migrate the database, then open it. Blocks: called before an event loop runs, or in a thread.

        Raises StateError when the folder cannot be written or holds data of a newer version.
        """
        prepare_data_directory(data)
        migrate(data)
        engine = create_async_engine(_url("sqlite+aiosqlite", data), pool_size=4, max_overflow=4, hide_parameters=True)
        _tune(engine.sync_engine)
        return cls(engine, data / FILE)

    async def check(self) -> None:
        """Raise StateError once the file was removed or replaced, from then on for good.

        SQLite goes on reading a file that has lost its name, where nobody's withdrawal arrives any more; and of the
        connections opened since, none knows which file it is to.
        """
        self._lost = self._lost or await asyncio.to_thread(_identity, self._file) != self._identity
        if self._lost:
            raise StateError(
                f"{self._file} was removed or replaced while it was in use. Put it back, and start this process again."
            )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for a few quick reads that see one state of things."""
        async with self._engine.connect() as connection:
            try:
                yield connection
            except DatabaseError:  # what a connection holds of a damaged file outlives the mending
                await connection.invalidate()
                raise

    @asynccontextmanager
    async def write(self, *, followed: bool = True) -> AsyncIterator[AsyncConnection]:
        """A transaction that holds the write lock from its start, so that what it read is still true when it commits.

        Its commit moves the change counter, so that every process follows within 250 ms; `followed=False` is for what
        no process holds in memory (log-ins, counts of asks).
        """
        async with self._engine.connect() as connection:
            await connection.execution_options(byleave_write=True)
            try:
                async with connection.begin():
                    yield connection
                    if followed:
                        await connection.execute(update(change).values(counter=change.c.counter + 1))
            except OperationalError:
                # SQLite opens a file that cannot be written just then for reading alone, without a word, and for good.
                await connection.invalidate()
                raise

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _url(driver: str, data: Path) -> URL:
    """The database for reading and writing (`rw`): a connection must not make an empty one where it was removed."""
    return URL.create(driver, database=f"file:{quote(str(data / FILE))}", query={"mode": "rw", "uri": "true"})


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def prepare_data_directory(data: Path) -> None:
    """Create the data folder, readable by its owner alone. Raises StateError when that cannot be."""
    try:
        if (data / STAGING).exists():
            raise StateError(
                f"A restore into {data} was cut short; what it left may hold rows of the erased. Remove that folder, "
                "and restore again."
            )
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StateError(
            f"Cannot write the data directory {data}: {error.strerror}. "
            "Give this user write access, or set BYLEAVE_DATA."
        ) from None


def migrate(data: Path) -> None:
    """Bring the database to this version's schema; several processes may try at once, one does it."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = create_engine(_url("sqlite", data), poolclass=NullPool)
    _tune(engine)
    with (data / "state.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            os.close(os.open(data / FILE, os.O_RDWR | os.O_CREAT, 0o600))
            with engine.connect() as connection:
                _refuse_newer(connection, ScriptDirectory.from_config(config), data)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
        except OSError as error:
            raise StateError(
                f"Cannot write {data / FILE}: {error.strerror}. Give this user write access to it."
            ) from None
        finally:
            engine.dispose()


def newest() -> str:
    """The newest schema revision that this version knows."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return str(ScriptDirectory.from_config(config).get_current_head())


def _refuse_newer(connection: Any, scripts: ScriptDirectory, data: Path) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise StateError(
            f"The data directory {data} was written by a newer Byleave (state schema {revision}, this one knows up to "
            f"{max(known)}). Install that version again, or restore a backup made with this one."
        )


def _tune(engine: Any) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself: `begin` below does
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("byleave_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
