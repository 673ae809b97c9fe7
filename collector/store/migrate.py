"""Brings a store's tables to the shape this version knows: numbered plain SQL files, each run once, in order."""

from importlib.resources import files
from pathlib import Path

from duckdb import DuckDBPyConnection

MIGRATIONS = Path(str(files("collector.store") / "migrations"))

VERSIONS = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"
CURRENT = "SELECT coalesce(max(version), 0) FROM schema_version"
RECORD = "INSERT INTO schema_version VALUES ($version)"
EXISTS = (
    "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_version' AND database_name = current_database()"
)


class StoreError(Exception):
    """The event store cannot be used; the message is one sentence or two that say what to do."""


class NewerStore(StoreError):
    """The data was written by a newer version of Byleave than this one."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The event store has schema version {found}, this version of Byleave knows up to {known}. "
            f"Install the version that wrote it, or a later one."
        )
        self.found = found
        self.known = known


def steps(folder: Path = MIGRATIONS) -> list[tuple[int, str]]:
    """(version, SQL) of every migration `NNNN_name.sql`, in order."""
    return [(int(path.name[:4]), path.read_text("utf-8")) for path in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))]


def version(db: DuckDBPyConnection) -> int:
    """The schema version of an open store, 0 for an empty file."""
    if not _number(db, EXISTS):
        return 0
    return _number(db, CURRENT)


def migrate(db: DuckDBPyConnection, folder: Path = MIGRATIONS) -> int:
    """Run the migrations that are missing, each in a transaction of its own; returns the version. Raises NewerStore."""
    found, missing = version(db), steps(folder)
    if found > missing[-1][0]:
        raise NewerStore(found, missing[-1][0])
    for number, sql in missing:
        if number > found:
            db.begin()
            db.execute(VERSIONS)
            db.execute(sql)
            db.execute(RECORD, {"version": number})
            db.commit()
    return missing[-1][0]


def _number(db: DuckDBPyConnection, sql: str) -> int:
    # All of them: a result that is not read to its end keeps its transaction open, and with it all that it could see.
    rows = db.execute(sql).fetchall()
    return int(rows[0][0]) if rows else 0
