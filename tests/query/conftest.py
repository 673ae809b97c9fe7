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
        self.complete_to = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
        self.statements: list[str] = []

    def fill(self, events: Iterable[Event], erased: Iterable[tuple[str, datetime, int]] = ()) -> None:
        """Replace what is stored."""
        slots = ", ".join("?" for _ in COLUMNS)
        self.statements.clear()
        self._connection.execute("BEGIN; DELETE FROM event; DELETE FROM erased")
        if rows := [event.row() for event in events]:
            self._connection.executemany(f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({slots})", rows)
        if counts := list(erased):
            self._connection.executemany("INSERT INTO erased VALUES (?, ?, ?)", counts)
        self._connection.execute("COMMIT")

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


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    """An empty store, on each engine."""
    if request.param == "lake":
        lake: FileStore = request.getfixturevalue("lake_store")
        lake.fill([])
        yield lake
    else:
        opened = FileStore(tmp_path / "events.duckdb")
        yield opened
        opened.close()
