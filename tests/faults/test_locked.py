"""Another process holds a lock on the spool or the state for longer than anybody waits: 503, and recovery by itself."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.house import assert_exact, in_soak
from tests.faults.people import People
from tests.processes import Byleave


@contextmanager
def locked(file: Path, how: str) -> Iterator[None]:
    database = sqlite3.connect(file, isolation_level=None, timeout=10)
    database.execute(f"BEGIN {how}")
    try:
        yield
    finally:
        database.rollback()
        database.close()


@pytest.mark.parametrize("what", ["spool", pytest.param("state", marks=in_soak)])
def test_locked(product: Byleave, what: str, chance: random.Random) -> None:
    collect = product.start("collect")
    with People(collect.url, chance=chance) as people:
        people.wait(30)
        (segment,) = (product.data / "spool").glob("*.sqlite3")
        file, how = (segment, "IMMEDIATE") if what == "spool" else (product.data / "state.sqlite3", "EXCLUSIVE")
        with locked(file, how):
            people.until(lambda: people.told.statuses[503] > 5, "answers of 503")
            if what == "spool":
                people.wait(30)  # in a new segment, while the old one is locked still
        people.wait(30)
    assert "" not in people.told.retry_after
    assert people.told.broken == 0
    assert collect.stop() == 0
    assert_exact(product, people.told)
