"""Builds a new generation from the open one: what was erased is in no byte of it, and its rows are clustered."""

import duckdb

from collector.store.generation import Place, attach, connect, new_name, sync_file
from collector.store.migrate import migrate
from collector.store.queries import sql

TABLES = ("event", "loaded", "seen", "erased", "visit", "changed", "step")


def first(place: Place) -> str:
    """Build an empty generation; returns its name."""
    name = new_name()
    _build_empty(place, name)
    return name


def copy(place: Place, db: duckdb.DuckDBPyConnection) -> str:
    """Build a generation with everything that `db` holds; returns its name. It counts once CURRENT names it.

    Nothing else may write meanwhile. What is built before an error has no consequence; the next start removes it.
    """
    name = new_name()
    _build_empty(place, name)
    attach(db, place.database(name))
    try:
        for table in TABLES:
            db.execute(sql(f"copy_{table}"))
        db.execute("CHECKPOINT next")
    finally:
        db.execute("DETACH next")
    sync_file(place.database(name))
    return name


def _build_empty(place: Place, name: str) -> None:
    db = connect(place, name)
    try:
        migrate(db)
        db.execute("CHECKPOINT")
    finally:
        db.close()
    sync_file(place.database(name))
