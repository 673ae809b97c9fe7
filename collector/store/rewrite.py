"""Builds a new generation from the open one: what was erased is in no byte of it, and its rows are clustered."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import duckdb

from collector.store.generation import Place, attach, connect, new_name, remove, sync_file
from collector.store.migrate import StoreError, migrate
from collector.store.queries import sql

TABLES = ("event", "loaded", "seen", "erased", "visit", "changed", "step", "total", "tallied")
"""What is copied, each by its own statement `copy_<table>`."""
LARGE = {"event": "occurred_at", "visit": "first_at"}
"""Those that grow with the events, by the time of their rows: copied some days of some sites at a time, in that order.

Measured with 10 M events: one sort of them all takes twice as long, spills 130 bytes a row, and saves no byte.
"""
PORTION_ROWS = 1_000_000
"""Rows in one portion, or one day of one site where that has more: about a second, and some 600 MB to sort them."""
SPARE_BYTES = 128 * 1024 * 1024
"""The copy gives up before it leaves less of the disk free: on a full one nothing could be collected."""

Counts = dict[tuple[str, datetime], int]


class NoRoom(StoreError):
    """The disk has no room for a second copy of the store."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            f"There is no room beside {place.events} for a second copy of the event store: make room, then try again."
        )


class Copy:
    """A new generation made from one snapshot of the open one, which goes on meanwhile.

    The methods block, and are called one after the other, from any thread. It counts once CURRENT names it.
    """

    def __init__(self, place: Place, db: duckdb.DuckDBPyConnection) -> None:
        self.name = new_name()
        """Tells a time before the snapshot: what was deleted by then is in no byte of the copy."""
        self._place = place
        self._cursor = db.cursor()
        self._descriptor = -1
        self._done = 0
        self._rows = 0

    @property
    def share(self) -> float:
        """How much is copied, from 0 to 1."""
        return self._done / self._rows if self._rows else 0.0

    def prepare(self) -> None:
        """Make the new file and let the open generation write into it."""
        path = self._place.database(self.name)
        _build_empty(self._place, self.name)
        # Held until the engine lets the file go: its lock would go with any descriptor that is closed (fcntl(2)).
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        attach(self._cursor, path)

    def fix(self) -> None:
        """From now on the copy sees what is stored at this moment; nobody may be writing just then."""
        self._cursor.begin()
        self._cursor.execute(sql("positions"))  # what a transaction sees is fixed when it first looks

    def run(self) -> None:
        """Copy everything and make it durable. Raises NoRoom, OSError, duckdb.Error: then it must be discarded.

        One transaction reads the one file and writes the other. While it lasts the engine may refuse to checkpoint the
        file that is read ("other write transactions active", once rows were deleted there).
        """
        portions = [portion for table in TABLES for portion in self._portions(table)]
        self._rows = sum(portion.rows for portion in portions)
        for portion in portions:
            if shutil.disk_usage(self._place.events).free < SPARE_BYTES:
                raise NoRoom(self._place)
            self._cursor.execute(portion.statement, portion.bounds)
            # Little by little: to flush gigabytes at once would hold up every commit of the spool.
            os.fsync(self._descriptor)
            self._done += portion.rows
        self._cursor.commit()
        self._cursor.execute("CHECKPOINT next")
        self._let_go()
        sync_file(self._place.database(self.name))

    def interrupt(self) -> None:
        """Have the statement that runs just now fail. From another thread."""
        self._cursor.interrupt()

    def discard(self) -> None:
        """Remove what there is of it; the open generation goes on as if nothing had been."""
        with contextlib.suppress(duckdb.Error):
            self._cursor.rollback()
        # An attached file that could not be checkpointed is let go all the same.
        with contextlib.suppress(duckdb.Error):
            self._let_go()
        remove(self._place, self.name)

    def _portions(self, table: str) -> Iterator["_Portion"]:
        if table not in LARGE:
            yield _Portion(0, sql(f"copy_{table}"), {})
            return
        days = self._cursor.execute(sql("days").format(table=table, when=LARGE[table])).fetchall()
        statement = sql(f"copy_{table}").format(portion=sql("portion").format(when=LARGE[table]))
        for some in _cut(days):
            yield _Portion(sum(rows for _, _, rows in some), statement, _bounds(some))

    def _let_go(self) -> None:
        try:
            self._cursor.execute("DETACH next")
        finally:
            self._cursor.close()
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1


class _Portion(NamedTuple):
    rows: int
    statement: str
    bounds: Mapping[str, Any]


_Day = tuple[str, datetime, int]
"""A site, a day (UTC), and how many rows it has."""


def _cut(days: list[_Day]) -> Iterator[list[_Day]]:
    some: list[_Day] = []
    rows = 0
    for day in days:
        if some and rows + day[2] > PORTION_ROWS:
            yield some
            some, rows = [], 0
        some.append(day)
        rows += day[2]
    if some:
        yield some


def _bounds(some: list[_Day]) -> dict[str, Any]:
    (first_site, first_day, _), (last_site, last_day, _) = some[0], some[-1]
    every = [day for _, day, _ in some]
    one = timedelta(days=1)
    return {
        "first_site": first_site,
        "last_site": last_site,
        "first_day": first_day,
        "end": last_day + one,
        "least": min(every),
        "most": max(every) + one,
    }


def first(place: Place) -> str:
    """Build an empty generation; returns its name."""
    name = new_name()
    _build_empty(place, name)
    return name


def erased(db: duckdb.DuckDBPyConnection) -> Counts:
    """How many visits were erased, by site and hour."""
    return {(site, hour): visits for site, hour, visits in db.execute(sql("erased")).fetchall()}


def level_erased(db: duckdb.DuckDBPyConnection, wanted: Counts) -> None:
    """Let a generation count the erased visits as another does.

    A copy that caught up has not seen every visit that was erased meanwhile: the load left some out.
    """
    found = erased(db)
    db.begin()
    for site, hour in wanted.keys() | found.keys():
        missing = wanted.get((site, hour), 0) - found.get((site, hour), 0)
        if missing:
            db.execute(sql("level_erased"), {"site": site, "hour": hour, "visits": missing})
    db.commit()


def _build_empty(place: Place, name: str) -> None:
    db = connect(place, name)
    try:
        migrate(db)
        db.execute("CHECKPOINT")
    finally:
        db.close()
    sync_file(place.database(name))
