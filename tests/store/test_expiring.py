"""What goes when its time is over, and what stays of it: totals that name nobody."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from collector.store import expiring as module
from collector.store.expiring import Expiring
from collector.store.queries import sql
from tests.rows import batch, line
from tests.store.house import House, house, subject
from tests.store.lake import ENGINES

SITE, NOTICE, LATER = "example.com", "a" * 64, "b" * 64
DAY = date(2025, 3, 1)
TOTALS = "SELECT day, dimension, name, sum(visits), sum(pageviews) FROM total GROUP BY ALL ORDER BY ALL"


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[House]:
    with house(request.param) as opened:
        yield opened


@pytest.fixture
def embedded() -> Iterator[House]:
    with house() as opened:
        yield opened


def people(count: int, first: int = 1, views: int = 1, **columns: Any) -> list[Any]:
    """One visit each of so many people, from a number on."""
    row = {"channel": "Search", "occurred_at": "2025-03-01 12:00:00"} | columns
    return [
        batch(*(line(subject(person), visit=person, nth=nth, **row) for nth in range(views)))
        for person in range(first, first + count)
    ]


def expire(store: House, before: str = "2025-03-02", zone: str = "UTC", k: int = 5, notice: str = NOTICE) -> int:
    gone = store.writer.expire([Expiring(SITE, notice, zone, datetime.fromisoformat(before), k)])
    return gone.get(SITE, 0)


def totals(store: House) -> dict[tuple[str, str], tuple[int, int]]:
    """Visits and pageviews of the one day, by dimension and name."""
    rows = store.db.execute(TOTALS).fetchall()
    assert {day for day, *_ in rows} <= {DAY}
    return {(dimension, name): (int(visits), int(views)) for _, dimension, name, visits, views in rows}


def count(store: House, table: str) -> int:
    return int(store.db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


GROUPS: dict[str, tuple[list[tuple[int, str | None]], dict[str, int] | None]] = {
    "fewer than k people leave nothing": ([(4, "Search")], None),
    "k people are enough": ([(5, "Search")], {"Search": 5}),
    "a rest of k people stays without a name": ([(6, "Search"), (3, "AI"), (2, "News")], {"Search": 6, "": 5}),
    "a smaller rest takes the smallest name with it": (
        [(7, "Search"), (6, "Direct"), (3, "AI")],
        {"Search": 7, "": 9},
    ),
    "the only name goes with the rest": ([(6, "Search"), (3, "AI")], {"": 9}),
    "nobody can be named": ([(3, "Search"), (3, "AI")], {"": 6}),
    "what is unknown has no name": ([(6, "Search"), (6, None)], {"Search": 6, "": 6}),
    "of equals the first goes": ([(5, "News"), (5, "Direct"), (1, "AI")], {"News": 5, "": 6}),
}


@pytest.mark.parametrize(("groups", "stay"), GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("column", ["channel", "country"])
def test_what_stays_speaks_of_k_people_or_more(
    embedded: House, groups: list[tuple[int, str | None]], stay: dict[str, int] | None, column: str
) -> None:
    first = 1
    for size, name in groups:
        embedded.load(people(size, first, views=2, **{column: name}))
        first += size
    assert expire(embedded) == 2 * (first - 1)
    found = totals(embedded)
    if stay is None:
        assert found == {}
        return
    assert {name: visits for (dimension, name), (visits, _) in found.items() if dimension == column} == stay
    assert found["", ""] == (first - 1, 2 * (first - 1))
    assert all(views == 2 * visits for visits, views in found.values())


def test_people_count_not_their_visits(embedded: House) -> None:
    embedded.load([batch(line(subject(1), visit=visit)) for visit in range(20)])
    assert expire(embedded) == 20
    assert totals(embedded) == {}


def test_all_of_it(store: House) -> None:
    """On the file and on a lake: rows go, what is derived too, totals stay, later rows are not touched."""
    store.load([*people(6, country="DE"), *people(6, 10, occurred_at="2025-03-02 00:00:00")])
    assert expire(store) == 6
    assert totals(store) == {("", ""): (6, 6), ("channel", "Search"): (6, 6), ("country", "DE"): (6, 6)}
    assert store.settled() == store.true()
    assert count(store, "event") == count(store, "visit") == 6
    assert expire(store) == 0
    assert count(store, "total") == 3


def test_each_row_goes_by_its_own_notice(embedded: House) -> None:
    embedded.load([*people(6), *people(6, 10, notice=LATER)])
    assert expire(embedded) == 6
    assert embedded.db.execute("SELECT DISTINCT notice FROM event").fetchall() == [(LATER,)]
    assert expire(embedded, notice=LATER) == 6
    assert totals(embedded)["", ""] == (12, 12)


def test_a_notice_that_nobody_names_keeps_its_rows(embedded: House) -> None:
    embedded.load(people(6, notice="c" * 64))
    assert expire(embedded, before="2030-01-01") == 0
    assert count(embedded, "event") == 6


ZONES = {
    "east": ("Europe/Berlin", "2025-02-28 23:00:00", "2025-03-01 22:59:59", "2025-03-01 23:00:00"),
    "west": ("America/New_York", "2025-03-01 05:00:00", "2025-03-02 04:59:59", "2025-03-02 05:00:00"),
    "half an hour": ("Asia/Kolkata", "2025-02-28 18:30:00", "2025-03-01 18:29:59", "2025-03-01 18:30:00"),
}


@pytest.mark.parametrize(("zone", "first", "last", "after"), ZONES.values(), ids=ZONES)
def test_totals_are_of_local_days(embedded: House, zone: str, first: str, last: str, after: str) -> None:
    embedded.load([*people(5, occurred_at=first), *people(5, 10, occurred_at=last), *people(5, 20, occurred_at=after)])
    assert expire(embedded, before=after, zone=zone) == 10
    assert totals(embedded)["", ""] == (10, 10)
    assert count(embedded, "event") == 5


def test_a_visit_around_midnight_is_counted_once(store: House) -> None:
    store.load(people(5, occurred_at="2025-03-01 23:50:00"))
    store.load([
        batch(line(subject(person), visit=person, nth=1, occurred_at="2025-03-02 00:10:00", channel="Direct"))
        for person in range(1, 6)
    ])  # fmt: skip
    assert expire(store) == 5
    store.check()
    assert count(store, "tallied") == 5
    store.rewrite()
    assert count(store, "tallied") == 5
    assert expire(store, before="2025-03-03") == 5
    assert totals(store) == {("", ""): (5, 10), ("channel", "Search"): (5, 10), ("country", "DE"): (5, 10)}
    assert [count(store, table) for table in ("event", "visit", "tallied")] == [0, 0, 0]


def test_a_visit_that_began_with_a_leave_is_counted_on_the_day_it_began(embedded: House) -> None:
    for person in range(1, 6):
        leave = line(subject(person), visit=person, nth=0, kind="leave", occurred_at="2025-02-28 23:59:00")
        embedded.load([batch(leave, line(subject(person), visit=person, nth=1, occurred_at="2025-03-01 00:01:00"))])
    assert expire(embedded, before="2025-03-01") == 5
    assert totals(embedded) == {}
    assert expire(embedded) == 5
    assert totals(embedded)["", ""] == (5, 5)


def test_a_visitor_is_new_again_when_the_first_visit_is_gone(embedded: House) -> None:
    def visit(number: int, day: int) -> Any:
        return batch(line(subject(1), visit=number, visitor=7, occurred_at=f"2025-03-0{day} 12:00:00"))

    embedded.load([visit(1, 1), visit(2, 2), visit(3, 3)])
    expire(embedded)
    embedded.check()
    assert embedded.db.execute("SELECT visit, returns FROM visit ORDER BY visit").fetchall() == [(2, False), (3, True)]
    assert count(embedded, "changed") == 0


@pytest.mark.parametrize(("left", "returns"), [(7, True), (None, False)], ids=["visitor left", "visitor gone"])
def test_a_visitor_whose_first_visit_lost_its_beginning(embedded: House, left: int | None, returns: bool) -> None:
    """The later visit returns as long as the rest of the first one still tells whose it is."""
    late = line(subject(1), visit=1, visitor=left, nth=1, occurred_at="2025-03-02 00:05:00")
    embedded.load([batch(line(subject(1), visit=1, visitor=7, occurred_at="2025-03-01 23:55:00"), late)])
    embedded.load([batch(line(subject(1), visit=2, visitor=7, occurred_at="2025-03-05 12:00:00"))])
    expire(embedded)
    embedded.check()
    assert embedded.settled() == embedded.true()
    assert embedded.db.execute("SELECT returns FROM visit ORDER BY visit").fetchall() == [(False,), (returns,)]


def test_what_comes_late_goes_with_the_next_run(embedded: House) -> None:
    embedded.load(people(6))
    expire(embedded)
    embedded.load([*people(2, 20), *people(6, 30)])
    assert expire(embedded) == 8
    assert totals(embedded)["", ""] == (14, 14)


def test_an_erasure_leaves_the_totals(embedded: House) -> None:
    embedded.load(people(6))
    expire(embedded)
    before = totals(embedded)
    embedded.writer.drop_subjects([subject(1)])
    embedded.rewrite()
    assert totals(embedded) == before != {}


def test_a_rewrite_adds_the_totals_up(embedded: House) -> None:
    for first in (1, 10):
        embedded.load(people(6, first))
        expire(embedded)
    before = totals(embedded)
    assert count(embedded, "total") == 6
    embedded.rewrite()
    assert (totals(embedded), count(embedded, "total")) == (before, 3)


@pytest.mark.parametrize("statement", ["append_totals", "expire_rows", "choose_left", "correct_first"])
def test_all_or_nothing(embedded: House, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    embedded.load(people(6))
    embedded.settled()
    with monkeypatch.context() as patch:
        patch.setattr(module, "sql", lambda name: "SELECT * FROM nowhere" if name == statement else sql(name))
        with pytest.raises(duckdb.Error):
            expire(embedded)
    assert [count(embedded, table) for table in ("event", "visit", "total")] == [6, 6, 0]
    embedded.check()
    assert expire(embedded) == 6
