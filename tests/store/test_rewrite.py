"""The copy: in portions, whole, clustered, from one snapshot."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from collector.store import rewrite
from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from tests.rows import batch, line

ROWS = "SELECT * FROM event"
IN_ORDER = "SELECT site, occurred_at::DATE, visit, occurred_at, nth FROM event ORDER BY rowid"


def several_sites() -> list[bytes]:
    """Rows of seven sites on up to forty days, some crowded, in no order."""
    choose = random.Random(5)
    return [
        line(
            site=f"site-{choose.randint(0, 6)}.example",
            occurred_at=f"2025-0{choose.randint(1, 2)}-{choose.randint(1, 20):02} {choose.randint(0, 23):02}:00:00",
            visit=choose.randint(1, 50),
            nth=nth,
        )
        for nth in range(600)
    ]


async def fetch(store: DuckStore, statement: str) -> list[Any]:
    async with store.snapshot() as snapshot:
        return await snapshot.fetch(statement)


@pytest.mark.parametrize("portion", [1, 7, 100, 10_000])
async def test_portions_are_the_whole_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(rewrite, "PORTION_ROWS", portion)
    store = await DuckStore.open(Place(tmp_path, memory="500MB", threads=2))
    await store.load([Queued("s", 1, batch(*several_sites()))])
    before = sorted(await fetch(store, ROWS), key=str)
    await store.rewrite()
    assert sorted(await fetch(store, ROWS), key=str) == before
    order = await fetch(store, IN_ORDER)
    assert order == sorted(order)
    await store.close()


async def test_an_empty_store_is_copied_too(tmp_path: Path) -> None:
    store = await DuckStore.open(Place(tmp_path, memory="500MB", threads=1))
    await store.rewrite()
    assert await fetch(store, ROWS) == []
    await store.close()


async def test_the_copy_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrite, "PORTION_ROWS", 100)
    store = await DuckStore.open(Place(tmp_path, memory="500MB", threads=1))
    await store.load([Queued("s", 1, batch(*several_sites()))])
    copy = store.copy()
    shares = []
    monkeypatch.setattr("os.fsync", lambda _: shares.append(copy.share))
    assert copy.share == 0
    for step in (copy.prepare, copy.fix, copy.run):
        await asyncio.to_thread(step)
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert copy.share == 1
    await asyncio.to_thread(copy.discard)
    await store.close()


def test_one_day_is_never_cut() -> None:
    days: list[Any] = [("a", day, rows) for day, rows in enumerate([5, 5, 30, 1, 1, 1])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewrite, "PORTION_ROWS", 10)
        assert [[rows for _, _, rows in some] for some in rewrite._cut(days)] == [[5, 5], [30], [1, 1, 1]]
    assert list(rewrite._cut([])) == []
