"""The write side: once each, all or nothing, erased and counted."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest

from collector.batch import Batch
from collector.store.erasures import Narrowing
from collector.store.migrate import migrate
from collector.store.queries import sql
from collector.store.writer import BadLines, Loaded, Queued, StoreWriter
from tests.rows import SUBJECT, batch, line
from tests.store.lake import ENGINES, empty, open_lake

OTHER = b"\xff" * 16


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(tmp_path_factory.mktemp("lake")) as connection:
        migrate(connection)
        yield connection


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A store without rows, on each engine."""
    if request.param == "lake":
        connection = request.getfixturevalue("lake")
        empty(connection)
        yield connection
    else:
        with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
            migrate(connection)
            yield connection


@pytest.fixture
def writer(db: duckdb.DuckDBPyConnection, tmp_path: Path) -> StoreWriter:
    (tmp_path / "load").mkdir()
    return StoreWriter(db, tmp_path / "load")


def queued(*batches: Batch | None, segment: str = "s", start: int = 1) -> list[Queued]:
    return [Queued(segment, row, entry) for row, entry in enumerate(batches, start)]


def rows(db: duckdb.DuckDBPyConnection, statement: str) -> list[Any]:
    return db.execute(statement).fetchall()


def test_every_column_arrives_as_it_was_written(db: duckdb.DuckDBPyConnection, writer: StoreWriter) -> None:
    full: dict[str, Any] = {
        "visit": -(2**63),
        "visitor": 2**63 - 1,
        "target": 'a"b\\c\n☃',
        "target_kind": "link",
        "seconds": 7,
        "scroll": 100,
        "source": "Bing",
        "channel": "Search",
        "utm_source": "s",
        "utm_medium": "m",
        "utm_campaign": "c",
        "utm_content": "o",
        "utm_term": "t",
        "ad": "Google",
        "city": "Köln",
        "props": '{"a":"b"}',
        "value": 12.3456,
        "currency": "EUR",
    }
    assert writer.load(queued(batch(line(**full), line()))) == Loaded(2, 0)
    names = [row[0] for row in db.execute("DESCRIBE event").fetchall()]
    first, second = (dict(zip(names, row, strict=True)) for row in rows(db, "SELECT * FROM event ORDER BY visit"))
    assert {name: first[name] for name in full} | {"value": float(first["value"])} == full
    assert first["occurred_at"] == datetime(2025, 3, 1, 12)  # noqa: DTZ001
    assert first["subject"] == UUID(bytes=SUBJECT)
    assert all(second[name] is None for name in full if name != "visit")


def test_the_loading_statement_names_every_column(db: duckdb.DuckDBPyConnection) -> None:
    names = [row[0] for row in db.execute("DESCRIBE event").fetchall()]
    assert all(f"{name}: '" in sql("load_events") for name in names)


def test_positions_move_with_the_rows(db: duckdb.DuckDBPyConnection, writer: StoreWriter) -> None:
    assert writer.positions() == {}
    writer.load(queued(batch(), None) + queued(None, segment="t", start=9))
    assert writer.positions() == {"s": 2, "t": 9}
    assert rows(db, "SELECT count(*) FROM event") == [(1,)]


@pytest.mark.parametrize("later", [False, True], ids=["in the same load", "in a later load"])
def test_a_retry_is_stored_once(db: duckdb.DuckDBPyConnection, writer: StoreWriter, later: bool) -> None:
    once, again = batch(line(path="/first"), nonce=b"n" * 16), batch(line(path="/again"), nonce=b"n" * 16)
    if later:
        assert writer.load(queued(once)) == Loaded(1, 0)
        assert writer.load(queued(again, segment="t")) == Loaded(0, 1)
    else:
        assert writer.load(queued(once) + queued(again, segment="t")) == Loaded(1, 1)
    assert rows(db, "SELECT path FROM event") == [("/first",)]
    assert writer.positions() == {"s": 1, "t": 1}


@pytest.mark.parametrize(
    "bad",
    [
        b"{not json}\n",
        b'{"site":"\xff\xfe"}\n',
        b'{"site":"a"}\n',
        line(occurred_at="yesterday"),
        line(visit="x"),
        line(nth=2**40),
        line()[:-1] + b"\x00\n",
        line()[:50] + b"\n",
        b"\n",
    ],
    ids=["no json", "no utf-8", "no host", "no time", "no number", "too large", "nul", "cut", "empty"],
)
def test_a_line_that_does_not_fit_changes_nothing(
    db: duckdb.DuckDBPyConnection, writer: StoreWriter, tmp_path: Path, bad: bytes
) -> None:
    with pytest.raises(BadLines) as refusal:
        writer.load(queued(batch(), batch(bad)))
    assert "yesterday" not in str(refusal.value)
    assert writer.positions() == {}
    assert rows(db, "SELECT count(*) FROM event") == rows(db, "SELECT count(*) FROM seen") == [(0,)]
    assert list((tmp_path / "load").iterdir()) == []


def test_erasing_counts_the_visits_that_go(db: duckdb.DuckDBPyConnection, writer: StoreWriter) -> None:
    writer.load(
        queued(
            batch(
                line(visit=1, occurred_at="2025-03-01 09:59:59"),
                line(visit=1, occurred_at="2025-03-01 10:10:00", kind="click"),
                line(visit=2, occurred_at="2025-03-01 09:10:00", kind="leave"),
                line(visit=2, occurred_at="2025-03-01 10:30:00", kind="event"),
                line(visit=3, occurred_at="2025-03-01 10:40:00", kind="leave"),
            ),
            batch(line(OTHER, visit=4), subject=OTHER),
        )
    )
    assert writer.drop_subjects([SUBJECT]) == 5
    assert writer.drop_subjects([SUBJECT]) == 0
    assert rows(db, "SELECT subject FROM event") == [(UUID(bytes=OTHER),)]
    assert rows(db, "SELECT site, hour::VARCHAR, visits FROM erased ORDER BY hour") == [
        ("example.com", "2025-03-01 09:00:00", 1),
        ("example.com", "2025-03-01 10:00:00", 1),
    ]


def test_erasing_nobody_is_nothing(writer: StoreWriter) -> None:
    assert writer.drop_subjects([]) == 0


@pytest.mark.parametrize(
    ("kept", "left"),
    [
        ({"measure"}, [(None, None), (7, "Google")]),
        ({"measure", "ads"}, [(None, "Google"), (7, "Google")]),
        ({"measure", "returning"}, [(7, None), (7, "Google")]),
    ],
    ids=["both gone", "returning gone", "ads gone"],
)
def test_narrowing_reaches_the_rows_before_it(
    db: duckdb.DuckDBPyConnection, writer: StoreWriter, kept: set[str], left: list[Any]
) -> None:
    at = int(datetime.fromisoformat("2025-03-01T12:00:00+00:00").timestamp())
    early = line(visitor=7, ad="Google", occurred_at="2025-03-01 11:00:00", nth=0)
    late = line(visitor=7, ad="Google", occurred_at="2025-03-01 13:00:00", nth=1)
    writer.load(queued(batch(early, late), batch(line(OTHER, visitor=8, ad="Bing"), subject=OTHER)))
    narrowing = Narrowing({purpose: at for purpose in ("returning", "ads") if purpose not in kept})
    assert writer.narrow({SUBJECT: narrowing}) > 0
    assert writer.narrow({SUBJECT: narrowing}) == 0
    assert rows(db, "SELECT visitor, ad FROM event WHERE visitor IS DISTINCT FROM 8 ORDER BY nth") == left
    assert rows(db, "SELECT ad FROM event WHERE visitor = 8") == [("Bing",)]


def test_pruning_forgets_old_nonces_and_gone_segments(db: duckdb.DuckDBPyConnection, writer: StoreWriter) -> None:
    old, new = batch(received=1000), batch(received=2000)
    writer.load(queued(old, segment="gone") + queued(new, segment="kept"))
    writer.load(queued(batch(received=2000), segment="kept", start=2))
    writer.prune(1500, {"kept"})
    assert rows(db, "SELECT segment, row_id FROM loaded") == [("kept", 2)]
    assert rows(db, "SELECT count(*) FROM seen") == [(2,)]
    assert writer.load(queued(new, segment="kept", start=3)) == Loaded(0, 1)
    writer.prune(1500, [])
    assert writer.positions() == {}
