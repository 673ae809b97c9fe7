"""A store for the reports' tests: a real DuckDB file, read as the Store protocol says."""

import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import hypothesis.internal.conjecture.engine as hypothesis_engine
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings

from collector.store.interface import Row, Snapshot
from collector.store.migrate import migrate
from collector.store.writer import SETTLED_AT_ONCE, StoreWriter
from tests.query import tally
from tests.query.cases import Life
from tests.query.oracle_visit import Event
from tests.store.lake import ENGINES, open_lake

_EVERY: dict[str, Any] = {
    "deadline": None,
    # Without `explain`: it repeats a failing case many times, to say less than its query does.
    "phases": [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    "report_multiple_bugs": False,
    # The usual backend makes three cases of four by copying parts of another over each other: few were of any visit.
    "backend": "hypothesis-urandom",
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
}
settings.register_profile("short", max_examples=20, **_EVERY)
settings.register_profile("long", max_examples=600, **_EVERY)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
# Seconds; there is no setting for it, and the default of five minutes is too long to wait for a failure.
hypothesis_engine.MAX_SHRINKING_SECONDS = 30

_JSON = msgspec.json.Encoder(decimal_format="number")
_TABLES = ("event", "loaded", "seen", "erased", "visit", "changed", "step")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many answers were compared."""
    for line in tally.lines():
        terminalreporter.write_line(line)


class FileSnapshot:
    """What is stored; nothing is written meanwhile."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statements: list[str]) -> None:
        self._connection = connection
        self._statements = statements

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """At once: to hand each statement to a thread takes longer than to run it."""
        self._statements.append(sql)
        return self._connection.execute(sql, dict(params or {})).fetchall()


class FileStore:
    """One DuckDB file, or a lake, in a temporary directory."""

    def __init__(self, path: Path, engine: str = "embedded") -> None:
        self._connection = open_lake(path) if engine == "lake" else duckdb.connect(path)
        # The answers must not hang on the session's zone: a far one shows what does.
        self._connection.execute("SET TimeZone = 'Pacific/Kiritimati'; SET threads = 1")
        migrate(self._connection)
        self._writer = StoreWriter(self._connection, path.parent)
        self._rows = _rows(self._connection)
        self.complete_to = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
        self.statements: list[str] = []
        """Those of the readers since the last filling."""

    def fill(self, events: Iterable[Event], erased: Iterable[tuple[str, datetime, int]] = ()) -> None:
        """Replace what is stored: some visits are settled, some are not, and some have more events since."""
        rows = list(events)
        most = 2 * (len(rows) // 3)
        self.live(Life([(rows[:most], SETTLED_AT_ONCE), (rows[most:], 0)]))
        if counts := list(erased):
            self._connection.executemany("INSERT INTO erased VALUES (?, ?, ?)", counts)

    def settle(self) -> None:
        """Settle every visit."""
        while self._writer.settle():
            pass

    def live(self, life: Life) -> None:
        """Replace what is stored by what a life leaves."""
        self._connection.execute(f"BEGIN; {''.join(f'DELETE FROM {table}; ' for table in _TABLES)}COMMIT")
        for events, settled in life.loads:
            if events:
                self._writer.append(self._rows, {"rows": _JSON.encode(events).decode()})
            if settled:
                self._writer.settle(settled)
        if life.erased:
            self._writer.drop_subjects([life.erased.bytes])
        self.statements.clear()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """A view of what is stored."""
        yield FileSnapshot(self._connection, self.statements)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _rows(db: duckdb.DuckDBPyConnection) -> str:
    """The SELECT of rows of `event` that are bound as one JSON text: sent one by one they take fifty times as long."""
    types = {name: kind for name, kind, *_ in db.execute("DESCRIBE event").fetchall()}
    return f"SELECT unnest(from_json($rows, '[{_JSON.encode(types).decode()}]'), recursive := true)"


@pytest.fixture(scope="module")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileStore]:
    """One file for all cases of a property: each case replaces what it holds."""
    store = FileStore(Path(tmp_path_factory.mktemp("store")) / "events.duckdb")
    yield store
    store.close()


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
