"""Collecting beside reports: what visitors wait for while the dashboard works on long reports."""

import asyncio
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.request import Request, urlopen

import msgspec

from collector.demo import fill as demos
from collector.settings import Settings
from collector.state.database import State
from tests.bench.collecting import CONTROLLER, prepared
from tests.bench.generator import Requests, numbered, pace
from tests.bench.row import Row
from tests.processes import byleave
from tests.wire import SITE

EVENTS = min(3_000_000, int(os.environ.get("BENCH_EVENTS", "3_000_000")))
UNTIL = date(2026, 1, 1)
REPORT = {
    "site": demos.SITE, "from": "2025-01-01", "to": "2025-12-31", "metrics": ["visits", "visitors", "pageviews"],
    "dimensions": ["page", "source", "country", "browser"], "compare": "previous",
    "filters": [["contains", "page", ["a"]]],
}  # fmt: skip
AT_ONCE = 2  # reports that run at the same time, each with a thread a core
RATE = 500.0  # batches of ten a second: what the collectors do meanwhile is a share of one core
ROUNDS = 3
ROUND_S = 4.0
MOST_S = 0.025


def rows(folder: Path) -> list[Row]:
    """The p99 of an acknowledgement without and with reports, in turn, on the cores that all of them share."""
    with byleave(folder, rate_limit="off", trusted_proxies="127.0.0.1") as product:
        asyncio.run(_fill(product.data))
        product.run("site", "add", SITE, *CONTROLLER)
        secret = msgspec.json.decode(product.run("token", "create", demos.SITE, "--json"))["token"]
        dashboard, collector = product.start("dashboard"), product.start("collect")
        batches = numbered(prepared(collector.port, 10))
        alone, beside, reports = [], [], list[float]()
        _p99(collector.port, batches)  # warm
        for _ in range(ROUNDS):
            alone.append(_p99(collector.port, batches))
            with _reports(lambda: _report(dashboard.url, secret), reports):
                beside.append(_p99(collector.port, batches))
            print(f"  p99 alone {alone[-1] * 1000:.1f} ms, beside reports {beside[-1] * 1000:.1f} ms", flush=True)
    without, with_ = statistics.median(alone), statistics.median(beside)
    measured = f"{with_ * 1000:.1f} ms (without: {without * 1000:.1f} ms; a report: {statistics.median(reports):.1f} s)"
    what = f"p99 of an acknowledgement at {RATE * 10:,.0f} events a second while {AT_ONCE} reports run without a break"
    return [Row(what, f"≤ {MOST_S * 1000:.0f} ms", measured, with_ <= MOST_S)]


def _p99(port: int, batches: Requests) -> float:
    return pace(port, batches, 202, ROUND_S, RATE).percentile(0.99)


@contextmanager
def _reports(report: Callable[[], None], taken: list[float]) -> Iterator[None]:
    """Reports without a break while the block runs; how long each took is added to `taken`."""
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            began = time.perf_counter()
            report()
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def _report(url: str, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/api/v1/query", msgspec.json.encode(REPORT), headers), timeout=120) as answer:
        answer.read()


async def _fill(data: Path) -> None:
    state = await asyncio.to_thread(State.open, data)
    try:
        await demos.fill(Settings(data=str(data)), state, EVENTS, 1, UNTIL, lambda _: None)
    finally:
        await state.close()
