"""The table of visits: whatever comes in whatever order, it says what the events say."""

import itertools
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.store import rewrite
from collector.store.erasures import Narrowing
from collector.store.generation import Place, connect, prepare
from collector.store.migrate import MIGRATIONS, migrate
from collector.store.queries import STORED_VISITS, WORK_OUT
from collector.store.writer import Queued, StoreWriter
from tests.rows import batch, line
from tests.store.lake import open_lake

SITES = ("example.com", "elsewhere.example")
BEGIN = datetime(2026, 3, 28, 22)  # noqa: DTZ001
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
        for site in SITES:
            # What one visit alone cannot tell, reports tell of visits that are not settled by a way of their own.
            assert [row[:6] + row[7:] for row in told(self.db, site)] == [
                row[:6] + row[7:] for row in derived(self.db, site)
            ]

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


def event(draw: st.DrawFn) -> bytes:
    """One event of one of few visits, anywhere within days of the others."""
    person, number = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    kind = draw(st.sampled_from([*KINDS, "pageview"]))
    at = BEGIN + timedelta(minutes=draw(st.sampled_from([0, 0, 1, 90, 121, 1500, 40000, -3000])))
    more: dict[str, Any] = {"kind": kind, "country": draw(st.sampled_from(["DE", None]))}
    if kind == "pageview":
        more |= {name: draw(st.sampled_from(["a", None])) for name in ("source", "channel", "utm_source", "ad")}
    elif kind == "click":
        more["target"] = draw(st.sampled_from(["x", None]))
    return line(
        subject(person),
        site=draw(st.sampled_from(SITES)),
        visit=person * 10 + number,
        visitor=person if draw(st.booleans()) else None,
        nth=draw(st.integers(0, 3)),
        occurred_at=at.strftime("%Y-%m-%d %H:%M:%S"),
        # No two events of a visit are the same in all that orders them: which came first would be anybody's guess.
        path=f"/{draw(st.uuids()).hex[:8]}",
        **more,
    )


@st.composite
def deeds(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Loads, repeated batches, erasures, narrowings, settlings and rewrites in any order."""
    deeds: list[tuple[str, Any]] = []
    for _ in range(draw(st.integers(1, 9))):
        name = draw(st.sampled_from(["load", "load", "load", "again", "settle", "drop", "narrow", "rewrite"]))
        what: Any = None
        if name == "load":
            what = [event(draw) for _ in range(draw(st.integers(1, 6)))]
        elif name == "again":
            what = draw(st.integers(0, 20))
        elif name == "settle":
            what = draw(st.sampled_from([1, 2, 100]))
        elif name == "drop":
            what = draw(st.integers(1, 3))
        elif name == "narrow":
            purposes = st.sampled_from([("returning", "ads"), ("returning",), ("ads",)])
            what = draw(st.integers(1, 3)), draw(purposes), draw(st.integers(-100, 200))
        deeds.append((name, what))
    return deeds


def do(house: House, name: str, what: Any) -> None:
    if name == "load":
        house.load([batch(entry) for entry in what])
    elif name == "again" and house.sent:
        house.load([house.sent[what % len(house.sent)]])
    elif name == "settle":
        house.writer.settle(what)
    elif name == "drop":
        house.writer.drop_subjects([subject(what)])
    elif name == "narrow":
        person, purposes, minutes = what
        at = int((BEGIN - datetime(1970, 1, 1)).total_seconds()) + minutes * 60  # noqa: DTZ001
        house.writer.narrow({subject(person): Narrowing(dict.fromkeys(purposes, at))})
    elif name == "rewrite":
        house.rewrite()


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(deeds())
def test_incremental_equals_rebuilt(deeds: list[tuple[str, Any]]) -> None:
    check_incremental("embedded", deeds)


def of(person: int, minutes: int, **more: Any) -> bytes:
    at = (BEGIN + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
    return line(subject(person), visit=person, visitor=person, occurred_at=at, **more)


LIFE: list[tuple[str, Any]] = [
    ("load", [of(1, 0, path="/a", ad="Google"), of(2, 0, path="/a"), of(3, 0, path="/b")]),
    ("settle", 2),
    ("load", [of(1, 1, nth=1, kind="click", target="x"), of(3, -90, nth=0, path="/late"), of(2, 1, nth=1, path="/a")]),
    ("again", 0),
    ("settle", 100),
    ("narrow", (1, ("returning", "ads"), 200)),
    ("load", [of(1, 2, nth=2, path="/c"), of(2, 3, nth=2, kind="leave", seconds=9)]),
    ("drop", 3),
    ("rewrite", None),
    ("load", [of(3, 5, path="/again")]),
]


def test_incremental_equals_rebuilt_on_a_lake() -> None:
    """One life that has met every deed: a lake takes seconds for each."""
    check_incremental("lake", LIFE)


def check_incremental(engine: str, deeds: list[tuple[str, Any]]) -> None:
    with house(engine) as kept:
        for name, what in deeds:
            do(kept, name, what)
            kept.check()
        assert kept.settled() == sorted(
            [row for site in SITES for row in derived(kept.db, site)], key=lambda row: (row[0], row[1])
        )
        kept.check()


def test_what_is_erased_leaves_the_table_at_once() -> None:
    with house() as kept:
        kept.load([batch(line(subject(1), visit=1, city="Ulm")), batch(line(subject(2), visit=2))])
        kept.settled()
        kept.load([batch(line(subject(1), visit=1, nth=1, kind="click"))])
        kept.writer.drop_subjects([subject(1)])
        assert kept.db.execute("SELECT visit FROM visit").fetchall() == [(2,)]
        assert [row[1] for row in told(kept.db, "example.com")] == [2]
        assert len(kept.settled()) == 1


def test_a_narrowing_that_changes_nothing_marks_nothing() -> None:
    with house() as kept:
        kept.load([batch(line(subject(1), visitor=7, ad="Google"))])
        kept.settled()
        narrowing = {subject(1): Narrowing({"returning": 2_000_000_000, "ads": 2_000_000_000})}
        kept.writer.narrow(narrowing)
        assert kept.settled()[0][5] is None
        kept.writer.narrow(narrowing)
        assert kept.db.execute("SELECT count(*) FROM changed").fetchone() == (0,)


def test_settling_goes_by_portions_the_oldest_first() -> None:
    with house() as kept:
        days = list(range(1, 8))
        random.Random(3).shuffle(days)
        kept.load([batch(line(visit=day, occurred_at=f"2026-03-0{day} 10:00:00")) for day in days])
        assert [kept.writer.settle(3), kept.writer.settle(3)] == [3, 3]
        assert kept.db.execute("SELECT visit FROM visit ORDER BY visit").fetchall() == [(day,) for day in range(1, 7)]
        assert [kept.writer.settle(3), kept.writer.settle(3)] == [1, 0]
        kept.check()


@pytest.mark.parametrize("start", [1, 2])
def test_a_store_from_before_the_table_gets_its_visits(tmp_path: Path, start: int) -> None:
    earlier, loading = tmp_path / "earlier", tmp_path / "load"
    earlier.mkdir()
    loading.mkdir()
    for path in sorted(MIGRATIONS.glob("*.sql"))[:start]:
        # Times had another type then.
        (earlier / path.name).write_text(path.read_text("utf-8").replace("TIMESTAMP_S", "TIMESTAMP"), "utf-8")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as db:
        migrate(db, earlier)
        db.execute("ALTER TABLE event ALTER occurred_at TYPE TIMESTAMP")  # as such a store has it
        for visit, at in ((1, "2026-03-01 23:59:00"), (1, "2026-03-04 10:00:00"), (2, "2026-03-02 10:00:00")):
            db.execute(
                "INSERT INTO event (site, host, occurred_at, kind, nth, visit, subject, notice, path)"
                " VALUES ('example.com', 'a', ?, 'pageview', 0, ?, uuid(), 'n', '/')",
                [at, visit],
            )
        migrate(db)
        assert db.execute("SELECT DISTINCT typeof(occurred_at) FROM event").fetchall() == [("TIMESTAMP_S",)]
        assert [row[1] for row in told(db, "example.com")] == [1, 2]
        assert [row[7:] for row in told(db, "example.com")] == [row[7:] for row in derived(db, "example.com")]
        assert StoreWriter(db, loading).settle() == 2
        rows = db.execute(f"SELECT {COLUMNS} FROM visit ORDER BY visit").fetchall()
        assert named(db, rows) == derived(db, "example.com")


@pytest.mark.parametrize("deed", [("drop", 1), ("narrow", (1, ("returning", "ads"), 200))], ids=["erased", "narrowed"])
def test_every_settled_visit_of_a_subject_follows(deed: tuple[str, Any]) -> None:
    at = BEGIN.strftime("%Y-%m-%d %H:%M:%S")
    with house() as kept:
        for site in SITES:
            kept.load([batch(line(subject(1), site=site, visit=n, visitor=1, occurred_at=at)) for n in range(4)])
        kept.settled()
        do(kept, *deed)
        kept.check()
        assert not any(row[5] for row in kept.settled())
