"""A store for the reports' tests: a real DuckDB file, read as the Store protocol says."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings

from collector.store.interface import Row, Snapshot
from collector.store.migrate import migrate
from collector.store.queries import sql
from collector.store.writer import StoreWriter
from tests.query.oracle_visit import COLUMNS, Event
from tests.store.lake import ENGINES, open_lake

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("short", max_examples=40, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("long", max_examples=2500, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


class FileSnapshot:
    """One read transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def read(self, sql: str, params: Mapping[str, Any] | None) -> list[Row]:
        return self._connection.execute(sql, dict(params or {})).fetchall()

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        return await asyncio.to_thread(self.read, sql, params)


class FileStore:
    """One DuckDB file, or a lake, in a temporary directory."""

    def __init__(self, path: Path, engine: str = "embedded") -> None:
        self._connection = open_lake(path) if engine == "lake" else duckdb.connect(path)
        # The answers must not hang on the session's zone: a far one shows what does.
        self._connection.execute("SET TimeZone = 'Pacific/Kiritimati'; SET threads = 1")
        migrate(self._connection)
        self._writer = StoreWriter(self._connection, path.parent)
        self.complete_to = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
        self.statements: list[str] = []

    def fill(self, events: Iterable[Event], erased: Iterable[tuple[str, datetime, int]] = ()) -> None:
        """Replace what is stored."""
        self.statements.clear()
        self._connection.begin()
        for table in ("event", "erased", "visit", "changed", "step"):
            self._connection.execute(f"DELETE FROM {table}")
        self._connection.commit()
        rows = [event.row() for event in events]
        # Some visits are settled, some are not, and some have more events since.
        third = len(rows) // 3
        self._insert(rows[: 2 * third])
        self._writer.settle()
        self._insert(rows[2 * third :])
        if counts := list(erased):
            self._connection.executemany("INSERT INTO erased VALUES (?, ?, ?)", counts)

    def settle(self) -> None:
        """Settle every visit."""
        while self._writer.settle():
            pass

    def _insert(self, rows: list[list[Any]]) -> None:
        """As a load does: the events, and the visits that they belong to."""
        if rows:
            self._connection.begin()
            slots = ", ".join("?" for _ in COLUMNS)
            self._connection.execute("CREATE TEMP TABLE loading AS FROM event LIMIT 0")
            self._connection.executemany(f"INSERT INTO loading ({', '.join(COLUMNS)}) VALUES ({slots})", rows)
            for statement in ("append_events", "append_steps", "append_changed", "drop_loading"):
                self._connection.execute(sql(statement))
            self._connection.commit()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        yield Recorded(FileSnapshot(self._connection), self.statements)

    def close(self) -> None:
        self._connection.close()


class Recorded:
    """A snapshot that keeps the statements it was asked."""

    def __init__(self, snapshot: FileSnapshot, statements: list[str]) -> None:
        self._snapshot = snapshot
        self._statements = statements

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        self._statements.append(sql)
        return await self._snapshot.fetch(sql, params)


@pytest.fixture(scope="session")
def lake_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileStore]:
    """One lake for all tests: each replaces what it holds."""
    opened = FileStore(tmp_path_factory.mktemp("lake"), "lake")
    yield opened
    opened.close()


ON_EACH_ENGINE = pytest.mark.parametrize("store", ENGINES, indirect=True)
"""Runs a case with a `store` on the lake, too: there each takes some tenths of a second."""


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    """An empty store."""
    if getattr(request, "param", "embedded") == "lake":
        lake: FileStore = request.getfixturevalue("lake_store")
        lake.fill([])
        yield lake
    else:
        opened = FileStore(tmp_path / "events.duckdb")
        yield opened
        opened.close()
