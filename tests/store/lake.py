"""A DuckLake with a local file catalog, made of the tables of the store, to show that these need no more than it has.

Tests alone know it. The extension is a file of a package: nothing is installed into DuckDB and nothing is downloaded.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from collector.store.duckdb import DuckSnapshot
from collector.store.migrate import migrate
from collector.store.writer import Loaded, Queued, StoreWriter

ENGINES = ("embedded", "lake")
EXTENSION = (
    Path(str(files("duckdb_extension_ducklake")))
    / "extensions"
    / f"v{duckdb.__version__}"
    / "ducklake.duckdb_extension"
)


def connect(engine: str, folder: Path) -> duckdb.DuckDBPyConnection:
    """Open one of ENGINES in a folder that is there; without tables the first time."""
    return open_lake(folder) if engine == "lake" else duckdb.connect(str(folder / "events.duckdb"))


def open_lake(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open the lake in a folder, or make it: its catalog in one file, its rows in Parquet files beside it.

    Without inlining: small loads would else lie as rows in the catalog, from where an erasure cannot take the bytes by
    removing files; and `row_id`, a column of `loaded`, would be a reserved word.
    """
    rows = folder / "files"
    rows.mkdir(exist_ok=True)
    db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    db.execute(f"LOAD '{EXTENSION}'")
    db.execute(
        f"ATTACH 'ducklake:{folder / 'catalog.ducklake'}' AS lake (DATA_PATH '{rows}', DATA_INLINING_ROW_LIMIT 0)"
    )
    db.execute("USE lake")
    return db


def empty(db: duckdb.DuckDBPyConnection) -> None:
    """Delete every row: a lake takes a third of a second to make, so tests share one."""
    tables = db.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'").fetchall()
    db.begin()
    for (name,) in tables:
        if name != "schema_version":
            db.execute(f"DELETE FROM {name}")
    db.commit()


class LakeStore:
    """A lake as the readers of a Store see it, and the one writer."""

    def __init__(self, folder: Path) -> None:
        self.complete_to = datetime.fromtimestamp(0, UTC)
        loading = folder / "load"
        loading.mkdir(exist_ok=True)
        self._db = open_lake(folder)
        migrate(self._db)
        # As the embedded engine is locked.
        self._db.execute(f"SET allowed_directories = ['{folder / 'files'}', '{loading}']")
        self._db.execute("SET enable_external_access = false")
        self._db.execute("SET lock_configuration = true")
        self._writer = StoreWriter(self._db, loading)
        self._readers = ThreadPoolExecutor(4, "lake-reader")

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[DuckSnapshot]:
        """A read transaction: its first query fixes what it sees."""
        cursor = await asyncio.to_thread(self._cursor)
        try:
            yield DuckSnapshot(cursor, self._readers)
        finally:
            await asyncio.to_thread(cursor.close)

    async def load(self, queued: Sequence[Queued]) -> Loaded:
        """Store rows of the spool once, with their positions."""
        return await asyncio.to_thread(self._writer.load, queued)

    async def close(self) -> None:
        """Close the lake."""
        self._readers.shutdown(wait=False)
        await asyncio.to_thread(self._db.close)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._db.cursor()
        cursor.execute("USE lake")  # what a connection uses is its own
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        return cursor
