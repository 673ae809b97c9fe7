"""Migrations: every version there ever was becomes the newest, with its rows; a newer one is refused."""

from pathlib import Path

import duckdb
import pytest

from collector.store.migrate import MIGRATIONS, NewerStore, migrate, steps, version
from tests.store.lake import ENGINES, connect

SEQUEL = "ALTER TABLE event ADD COLUMN mood VARCHAR; UPDATE event SET mood = 'calm';"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations there are, and one more that has to do with rows."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.sql"):
        (folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (folder / f"{steps()[-1][0] + 1:04}_mood.sql").write_text(SEQUEL, "utf-8")
    return folder


def insert(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(
        "INSERT INTO event (site, host, occurred_at, kind, nth, visit, subject, notice, path)"
        " VALUES ('a', 'a', '2025-01-01', 'pageview', 0, 1, uuid(), 'n', '/')"
    )


def test_versions_are_numbered_without_gaps() -> None:
    assert [number for number, _ in steps()] == list(range(1, len(steps()) + 1))


def test_an_empty_file_is_version_0_and_becomes_the_newest(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as db:
        assert version(db) == 0
        assert migrate(db) == version(db) == steps()[-1][0]
        assert migrate(db) == steps()[-1][0]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("start", [number for number, _ in steps()])
def test_rows_of_every_earlier_version_survive(tmp_path: Path, later: Path, start: int, engine: str) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    for path in sorted(MIGRATIONS.glob("*.sql"))[:start]:
        (earlier / path.name).write_text(path.read_text("utf-8"), "utf-8")
    with connect(engine, tmp_path) as db:
        assert migrate(db, earlier) == start
        insert(db)
    with connect(engine, tmp_path) as db:
        assert migrate(db, later) == steps(later)[-1][0]
        assert db.execute("SELECT site, mood FROM event").fetchall() == [("a", "calm")]


def test_a_newer_version_is_refused_by_name(tmp_path: Path, later: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as db:
        newest = migrate(db, later)
        insert(db)
        with pytest.raises(NewerStore, match=rf"schema version {newest}.*up to {newest - 1}"):
            migrate(db)
        assert db.execute("SELECT count(*) FROM event").fetchone() == (1,)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_migration_that_fails_changes_nothing(tmp_path: Path, later: Path, engine: str) -> None:
    broken = later / f"{steps(later)[-1][0] + 1:04}_broken.sql"
    broken.write_text("ALTER TABLE event ADD COLUMN half VARCHAR; SELECT * FROM nowhere;", "utf-8")
    with connect(engine, tmp_path) as db, pytest.raises(duckdb.CatalogException):
        migrate(db, later)
    with connect(engine, tmp_path) as db:
        assert version(db) == steps(later)[-2][0]
        columns = {row[0] for row in db.execute("SELECT column_name FROM duckdb_columns()").fetchall()}
        assert "mood" in columns
        assert "half" not in columns
