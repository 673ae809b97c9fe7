"""A data directory of a newer version: refused with what to do, and not a byte of it written."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.faults.house import contents, refusal
from tests.processes import Byleave


def newer_state(data: Path) -> None:
    database = sqlite3.connect(data / "state.sqlite3")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()


def newer_store(data: Path) -> None:
    """A version more, and beside the generation something that only the newer version knows."""
    name = (data / "events" / "CURRENT").read_text().strip()
    with duckdb.connect(str(data / "events" / f"{name}.duckdb")) as database:
        database.execute("INSERT INTO schema_version VALUES (9999)")
    (data / "events" / "from-a-later-version").mkdir()
    (data / "events" / "from-a-later-version" / "part.parquet").write_bytes(b"rows")


@pytest.mark.parametrize(
    ("advance", "commands", "says"),
    [
        (newer_state, ("serve", "collect", "dashboard"), "Install that version again, or restore a backup"),
        (newer_store, ("serve", "dashboard"), "Install the version that wrote it, or a later one."),
    ],
    ids=["state", "store"],
)
def test_it_is_refused(product: Byleave, advance: Callable[[Path], None], commands: tuple[str, ...], says: str) -> None:
    assert product.start("serve").stop() == 0
    advance(product.data)
    before = contents(product.data)
    assert says in " ".join(product.run("doctor", code=3).split())
    said = refusal(product, *commands)
    assert said.count("9999") == said.count(says) == len(commands)
    assert {name: held for name, held in contents(product.data).items() if name != "owner.lock"} == {
        name: held for name, held in before.items() if name != "owner.lock"
    }
