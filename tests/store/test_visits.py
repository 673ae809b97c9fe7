"""The table of visits: whatever comes in whatever order, it says what the events say."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from collector.store.erasures import Narrowing
from collector.store.migrate import MIGRATIONS, migrate
from collector.store.writer import StoreWriter
from tests.rows import batch, line
from tests.store.house import BEGIN, COLUMNS, SITES, House, derived, house, named, subject, told
from tests.store.lake import ENGINES


def do(house: House, name: str, what: Any) -> None:
    if name == "load":
        house.load([batch(entry) for entry in what])
    elif name == "again":
        house.load([house.sent[what]])
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


@pytest.mark.parametrize("engine", ENGINES)
def test_incremental_equals_rebuilt(engine: str) -> None:
    """One life that has met every deed: a lake takes seconds for it (test_visit_lives.py has many on a file)."""
    with house(engine) as kept:
        for name, what in LIFE:
            do(kept, name, what)
            kept.check()
        settled = kept.settled()
        assert settled == kept.true()
        kept.check()
        kept.writer.rebuild()
        kept.check()
        assert kept.settled() == settled


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
