"""A store whose visits can be compared: as reports read them, as the table has them, and in plain Python."""

import asyncio
import itertools
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from collector.store import rewrite
from collector.store.generation import Place, connect, prepare
from collector.store.interface import Row
from collector.store.migrate import migrate
from collector.store.queries import STORED_VISITS, WORK_OUT
from collector.store.writer import Queued, StoreWriter
from dashboard.query.filters import FilterSql
from dashboard.query.plan import kept_visits
from dashboard.query.reach import reach
from dashboard.query.statement import used
from tests.store.lake import open_lake

SITES = ("example.com", "elsewhere.example")
BEGIN = datetime(2026, 3, 28, 22)  # noqa: DTZ001
PERIODS = [
    (BEGIN - timedelta(days=400), BEGIN + timedelta(days=400)),
    (BEGIN, BEGIN + timedelta(minutes=100)),
    (BEGIN + timedelta(days=1), BEGIN + timedelta(days=40)),
]
COLUMNS = (
    "site, visit, first_at, last_at, began, visitor, returns, mark, notice, host, country, city, browser,"
    " browser_major, os, device, source, channel, utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad,"
    " entry_page, exit_page, views, bounced, duration, pages, steps"
)
SPAN = """
SELECT min(first_at), max(last_at)
FROM (FROM changed UNION ALL SELECT site, visit, first_at, last_at FROM visit SEMI JOIN changed USING (site, visit))
WHERE site = ?
"""


def subject(person: int) -> bytes:
    return struct.pack(">QQ", 0, person)


def told(db: duckdb.DuckDBPyConnection, site: str) -> list[Any]:
    """What reports read of the visits of a site, by the bounds that the store itself gives."""
    first, last = db.execute(SPAN, [site]).fetchall()[0]
    db.execute(WORK_OUT, {"site": site, "stale_first": first, "stale_last": last})
    statement = f"WITH {STORED_VISITS} SELECT {COLUMNS} FROM stored ORDER BY visit"
    return named(db, db.execute(statement, {"site": site}).fetchall())


class _Reader:
    """A snapshot of a connection on which nobody writes meanwhile."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self._db = db

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        return self._db.execute(sql, dict(params or {})).fetchall()


async def returning(db: duckdb.DuckDBPyConnection, site: str, start: datetime, end: datetime) -> dict[int, str]:
    """What a report over a period (naive UTC) tells of each visit: returning, new or unknown."""
    tables = kept_visits(FilterSql([]), frozenset({"returning"}), {}, k=1)
    params = {"site": site, "start": start, "end": end}
    reached = await reach(_Reader(db), params)
    sql = reached.fit(f"WITH {', '.join(tables)} SELECT kept.visit, kept.returning FROM kept", all_time=True)
    return dict(await _Reader(db).fetch(sql, used(sql, params | reached.params)))


def named(db: duckdb.DuckDBPyConnection, rows: list[Any]) -> list[Any]:
    """Rows of visits with their steps by name: which number a step has is nobody's business."""
    found = db.execute("SELECT site, id, kind, target_kind, name FROM step").fetchall()
    names = {(site, number): tuple(step) for site, number, *step in found}
    assert len(names) == len(found) == len({(site, *step) for site, _, *step in found})

    def told(site: str, steps: list[int] | None) -> list[Any] | None:
        return steps and [names[site, each] for each in steps]

    return [(*row[:-2], told(row[0], row[-2]), told(row[0], row[-1])) for row in rows]


def derived(db: duckdb.DuckDBPyConnection, site: str) -> list[Any]:
    """The visits of a site in plain Python, from every event that is stored."""
    cursor = db.execute("SELECT * FROM event WHERE site = ?", [site])
    names = [each[0] for each in cursor.description]
    visits: dict[int, list[dict[str, Any]]] = {}
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        visits.setdefault(row["visit"], []).append(row)
    found = [_visit(rows) for _, rows in sorted(visits.items())]
    first: dict[int, datetime] = {}
    for began, visitor in ((row[4], row[5]) for row in found):
        if visitor is not None and began is not None:
            first[visitor] = min(first.get(visitor, began), began)
    return [(*row[:6], _returns(row[4], first.get(row[5])), *row[7:]) for row in found]


def _returns(began: datetime | None, first: datetime | None) -> bool:
    return began is not None and first is not None and began > first


KINDS = ("pageview", "click", "event", "leave")


def _visit(rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    rows.sort(
        key=lambda row: (row["nth"], row["occurred_at"], KINDS.index(row["kind"]), row["path"], row["target"] or "")
    )
    first, views = rows[0], [row for row in rows if row["kind"] == "pageview"]
    counted = [row for row in rows if row["kind"] != "leave"]
    view = views[0] if views else {}
    times = [row["occurred_at"] for row in rows]
    visitors = [row["visitor"] for row in rows if row["visitor"] is not None]
    return (
        first["site"], first["visit"], min(times), max(times), counted[0]["occurred_at"] if counted else None,
        max(visitors, default=None), None, min(row["subject"] for row in rows).int & 0xFFFFFFFF,
        first["notice"], first["host"], first["country"],
        first["city"], first["browser"], first["browser_major"], first["os"], first["device"],
        view.get("source"), view.get("channel"), view.get("utm_source"), view.get("utm_medium"),
        view.get("utm_campaign"), view.get("utm_content"), view.get("utm_term"), view.get("ad"), view.get("path"),
        views[-1]["path"] if views else None, len(views), len(views) == 1 == len(counted),
        max(0, int((times[-1] - times[0]).total_seconds())),
        _steps(views), None if len(views) == len(counted) else _steps(counted),
    )  # fmt: skip


def _steps(rows: list[dict[str, Any]]) -> list[Any] | None:
    steps = [
        (row["kind"], (row["target_kind"] or "") if row["kind"] == "click" else "",
         row["path"] if row["kind"] == "pageview" else row["target"] or "")
        for row in rows
    ]  # fmt: skip
    return [step for step, _ in itertools.groupby(steps)] or None


class House:
    """A store on the disk, its writer, and what was sent to it."""

    def __init__(self, place: Place) -> None:
        prepare(place)
        self.place = place
        self.db = connect(place, rewrite.first(place))
        self.writer = StoreWriter(self.db, place.loading)
        self.sent: list[Any] = []
        self.checks = 0

    def load(self, entries: list[Any]) -> None:
        self.sent += entries
        self.writer.load([Queued("s", row, entry) for row, entry in enumerate(entries, 1)])

    def rewrite(self) -> None:
        copy = rewrite.Copy(self.place, self.db)
        for step in (copy.prepare, copy.fix, copy.run):
            step()
        self.db.close()
        self.db = connect(self.place, copy.name)
        self.writer = StoreWriter(self.db, self.place.loading)

    def check(self) -> None:
        """What reports read, and whether they tell that a visitor returns, is what the events say."""
        for site in SITES:
            true = derived(self.db, site)
            # What one visit alone cannot tell, reports tell of visits that are not settled by a way of their own.
            assert [row[:6] + row[7:] for row in told(self.db, site)] == [row[:6] + row[7:] for row in true]
            start, end = PERIODS[self.checks % len(PERIODS)]
            here = {row[1]: row for row in true if row[2] < end and row[3] >= start}
            reported = asyncio.run(returning(self.db, site, start, end))
            # One that begins before the period and ends after it may have no event in it.
            assert reported.keys() <= here.keys()
            assert all(visit in reported for visit, row in here.items() if row[2] >= start or row[3] < end)
            for visit, text in reported.items():
                _, _, _, _, _, visitor, returns, *_ = here[visit]
                assert text == ("unknown" if visitor is None else "returning" if returns else "new")
        self.checks += 1

    def true(self) -> list[Any]:
        """The visits of all sites in plain Python."""
        every = [row for site in SITES for row in derived(self.db, site)]
        return sorted(every, key=lambda row: (row[0], row[1]))

    def settled(self) -> list[Any]:
        while self.writer.settle():
            pass
        assert self.db.execute("SELECT count(*) FROM changed").fetchone() == (0,)
        return named(self.db, self.db.execute(f"SELECT {COLUMNS} FROM visit ORDER BY site, visit").fetchall())


class LakeHouse(House):
    """The same on a lake, which has no generations to rewrite: its files are put in order instead."""

    def __init__(self, place: Place) -> None:
        prepare(place)
        self.db = open_lake(place.data)
        migrate(self.db)
        self.writer = StoreWriter(self.db, place.loading)
        self.sent: list[Any] = []
        self.checks = 0

    def rewrite(self) -> None:
        self.writer.checkpoint()


@contextmanager
def house(engine: str = "embedded") -> Iterator[House]:
    with TemporaryDirectory() as folder:
        opened = (LakeHouse if engine == "lake" else House)(Place(Path(folder), memory="300MB", threads=1))
        try:
            yield opened
        finally:
            opened.db.close()
