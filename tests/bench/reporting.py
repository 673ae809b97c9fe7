"""The store at scale: bytes an event, how long reports take, what a rewrite holds up.

BENCH_EVENTS says how many events are stored (default 10 million; the numbers to reach are for 100 million, which takes
about half an hour and 10 GB of disk).
"""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from collector.demo import fill as demos
from collector.settings import Settings
from collector.standalone import own_store
from collector.state.database import State
from collector.store.duckdb import DuckStore
from collector.store.writer import Queued
from dashboard.journeys import decode_journey, run_journeys
from dashboard.pages.metrics import HEADLINE
from dashboard.pages.reports import OneSnapshot
from dashboard.pages.tabs import PANELS
from dashboard.query.request import decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts
from tests.bench import looking, rewriting
from tests.bench.row import Row
from tests.rows import batch, line

EVENTS = int(os.environ.get("BENCH_EVENTS", "10_000_000"))
FEW = 1_000_000
UNTIL = date(2026, 1, 1)
ROUNDS = 3
UNSETTLED = 500
"""Visits, of 4 events each, that are not settled while the reports are timed."""
FACTS = SiteFacts(name=demos.SITE, timezone="UTC", k=5)
MONTH = {"site": demos.SITE, "from": (UNTIL - timedelta(days=30)).isoformat(), "to": "2025-12-31"}
Ends = dict[str, str]
Timed = Callable[[], Awaitable[Any]]


def rows(folder: Path) -> list[Row]:
    """Fill two stores, a small one for the ratio, and measure them."""
    return asyncio.run(_rows(folder))


async def _rows(folder: Path) -> list[Row]:
    few = await _filled(folder / "few", min(FEW, EVENTS))
    async with own_store(few) as store:
        await store.rewrite()
        await _add_unsettled(store)
        small = await _seconds(lambda: _whole(store, MONTH))
        wanted = await _events_of(store, MONTH)
    many = await _filled(folder / "many", EVENTS)
    rewritten = await rewriting.rewrite(many)
    async with own_store(many) as store:
        size = await asyncio.to_thread(_bytes_of, many.data_path)
        count = (await _fetch(store, "SELECT count(*) FROM event"))[0][0]
        await _add_unsettled(store)
        same = await _range_of(store, wanted)
        large = await _seconds(lambda: _whole(store, same))
        times = {
            name: await _seconds(work)
            for name, work in {
                "overview": lambda: _overview(store, MONTH),
                "panels": lambda: _panels(store, MONTH, []),
                "filtered": lambda: _panels(store, MONTH, [["is", "country", ["DE"]]]),
                "page": lambda: _panels(store, MONTH, [["contains", "page", ["/blog"]]]),
                "journeys": lambda: _journeys(store),
            }.items()
        }
    of = f"{round(count / 1e6, 1):g} M events"
    return [
        Row(
            f"bytes on disk an event, after the nightly rewrite ({of})",
            "≤ 36", f"{size / count:.1f}", size <= 36 * count,
        ),
        _timed(f"overview's headline and trend, 30 days ({of} a year)", times["overview"], 0.3),
        _timed(f"all panels of the overview, 30 days ({of} a year)", times["panels"], 1.0),
        _timed(f"all panels, filtered by country, 30 days ({of} a year)", times["filtered"], 2.0),
        _timed(f"all panels, filtered by page, 30 days ({of} a year)", times["page"], 2.0),
        _timed(f"journeys, 5 steps, 30 days ({of} a year)", times["journeys"], 0.5),
        Row(
            f"time of the overview with all panels, same number of events in range, 1 M against {of} stored",
            "≤ 1.5 ×", f"{large / small:.2f} × ({small * 1000:.0f} and {large * 1000:.0f} ms)", large / small <= 1.5,
        ),
        *rewritten.rows(of),
        *await asyncio.to_thread(looking.rows, many, UNTIL, of),
    ]  # fmt: skip


def _timed(what: str, seconds: float, most: float) -> Row:
    return Row(what, f"≤ {most * 1000:.0f} ms", f"{seconds * 1000:.0f} ms", seconds <= most)


async def _filled(data: Path, events: int) -> Settings:
    settings = Settings(data=str(data))
    state = await asyncio.to_thread(State.open, data)
    began = time.perf_counter()
    try:
        made = await demos.fill(settings, state, events, 1, UNTIL, lambda _: None)
    finally:
        await state.close()
    seconds = time.perf_counter() - began
    print(f"  {made:,} events made up and stored in {seconds:.0f} s, {made / seconds:,.0f} a second", flush=True)
    return settings


async def _seconds(work: Timed) -> float:
    """The median of several runs, after one that brings the file into memory."""
    await work()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - began)
    print(f"  {', '.join(f'{each * 1000:.0f}' for each in taken)} ms", flush=True)
    return statistics.median(taken)


async def _ask(store: DuckStore | OneSnapshot, **asked: Any) -> dict[str, Any]:
    return await run_query(decode(msgspec.json.encode(asked)), store, FACTS)


async def _overview(store: DuckStore | OneSnapshot, ends: Ends) -> None:
    """What the page asks for its headline and its line, each with the period before; of one snapshot, as the page."""
    async with store.snapshot() as snapshot:
        of = OneSnapshot(store, snapshot)
        await _ask(of, **ends, metrics=[one.name for one in HEADLINE], compare="previous")
        await _ask(of, **ends, metrics=["visits"], dimensions=["time:day"], compare="previous", limit=400)


async def _panels(store: DuckStore | OneSnapshot, ends: Ends, filters: list[Any]) -> None:
    async with store.snapshot() as snapshot:
        of = OneSnapshot(store, snapshot)
        for panel in PANELS:
            tab = panel.tabs[0]
            order = [[tab.metric, "desc"]]
            asked = {"metrics": [tab.metric], "dimensions": list(tab.dimensions), "filters": filters}
            await _ask(of, **ends, **asked, order=order, limit=9)


async def _whole(store: DuckStore, ends: Ends) -> None:
    """The page: all of it of one snapshot."""
    async with store.snapshot() as snapshot:
        of = OneSnapshot(store, snapshot)
        await _overview(of, ends)
        await _panels(of, ends, [])


async def _journeys(store: DuckStore) -> None:
    await run_journeys(decode_journey(msgspec.json.encode({**MONTH, "steps": 5})), store, FACTS)


async def _fetch(store: DuckStore, sql: str, **params: Any) -> list[Any]:
    async with store.snapshot() as snapshot:
        return await snapshot.fetch(sql, params)


async def _add_unsettled(store: DuckStore) -> None:
    """What a busy site collects in half a minute: visits that reports must still work out from their events."""
    queued = [
        Queued("bench", number, batch(*(_line(number, nth) for nth in range(4)))) for number in range(1, UNSETTLED + 1)
    ]
    await store.load(queued)


def _line(number: int, nth: int) -> bytes:
    at = f"2025-12-31 23:{40 + nth}:00"
    return line(site=demos.SITE, occurred_at=at, visit=number, visitor=number, nth=nth, path=f"/blog/{number % 50}")


async def _events_of(store: DuckStore, ends: Ends) -> int:
    sql = "SELECT count(*) FROM event WHERE site = $site AND occurred_at >= $start::DATE"
    return int((await _fetch(store, sql, site=demos.SITE, start=ends["from"]))[0][0])


async def _range_of(store: DuckStore, events: int) -> Ends:
    """The last hours of the year that hold so many events."""
    sql = "SELECT occurred_at FROM event WHERE site = $site ORDER BY occurred_at DESC LIMIT 1 OFFSET $events"
    ((start,),) = await _fetch(store, sql, site=demos.SITE, events=events)
    return {"site": demos.SITE, "from": f"{start:%Y-%m-%dT%H:%M:%S}", "to": "2025-12-31"}


def _bytes_of(data: Path) -> int:
    return sum(path.stat().st_size for path in (data / "events").rglob("*") if path.is_file())
