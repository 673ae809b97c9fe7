"""Reports after an erasure are those of a store that never held the erased: every panel, journeys, funnels, lists."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from dashboard.journeys.funnel import run_funnel
from dashboard.journeys.journey import run_journeys
from dashboard.journeys.request import decode_funnel, decode_journey
from dashboard.query.dimensions import NAMES
from dashboard.query.live import live
from dashboard.query.metrics import NAMES as METRICS
from dashboard.query.request import decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts
from dashboard.query.visits import recent_visits
from dashboard.query.volume import volume
from tests.rows import batch, line

SITE = SiteFacts("example.com", "Europe/Berlin", 2)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = 12
ERASED = {3, 4, 11}
PATHS = ("/", "/bread", "/orders", "/thanks")
OF_EVENTS = {
    **{name: ["clicks", "visits"] for name in ("click", "outbound", "download", "form")},
    **{name: ["events", "value", "visits"] for name in ("event", "currency", "prop:plan")},
    "page": ["pageviews", "time_on_page", "scroll_depth", "visits"],
}
"""Which metrics go with a dimension of events; all go with the others."""


def subject(person: int) -> bytes:
    return bytes([person]) * 16


def visits() -> list[tuple[int, list[bytes]]]:
    """(person, rows) of some visits each, so near to now that the live view shows some of them."""
    choose = random.Random(11)
    found = []
    for person in range(PEOPLE):
        for number in range(3):
            began = NOW - timedelta(minutes=choose.choice([2, 40, 3000, 50_000]), seconds=choose.randint(0, 59))
            found.append((person, rows(choose, person, person * 10 + number, began)))
    return found


def rows(choose: random.Random, person: int, visit: int, began: datetime) -> list[bytes]:
    about = {
        "visit": visit, "visitor": person + 100 if person % 3 else None,
        "country": choose.choice(["DE", "FR"]), "city": choose.choice(["Berlin", "Paris", "Lyon"]),
        "browser": choose.choice(["Firefox", "Chrome"]), "device": choose.choice(["desktop", "mobile"]),
    }  # fmt: skip
    arrival = {"source": choose.choice(["Google", None]), "channel": "Search", "utm_source": choose.choice(["n", None])}
    found = []
    for nth in range(choose.randint(1, 7)):
        at = (began + timedelta(seconds=nth)).strftime("%Y-%m-%d %H:%M:%S")
        kind = "pageview" if nth == 0 else choose.choice(["pageview", "click", "event", "leave"])
        every: dict[str, dict[str, Any]] = {
            "pageview": arrival if nth == 0 else {},
            "click": {"target": f"/t{visit % 4}", "target_kind": choose.choice(["link", "outbound", "form"])},
            "event": {"target": "signup", "props": '{"plan":"gold"}', "value": 2.5, "currency": "EUR"},
            "leave": {"seconds": choose.randint(1, 9), "scroll": choose.randint(0, 100)},
        }
        path = f"/person-{person}" if choose.random() < 0.2 else choose.choice(PATHS)
        found.append(line(subject(person), occurred_at=at, kind=kind, nth=nth, path=path, **about, **every[kind]))
    return found


async def store_of(folder: Path, people: set[int]) -> DuckStore:
    store = await DuckStore.open(Place(folder, memory="500MB", threads=1))
    queued = [batch(*found, subject=subject(person)) for person, found in visits() if person in people]
    await store.load([Queued("s", row, entry) for row, entry in enumerate(queued, 1)])
    return store


async def everything(store: DuckStore) -> dict[str, Any]:
    """All that can be asked, but for what says how many were erased and how long it took."""
    found: dict[str, Any] = {}
    days: dict[str, Any] = {"site": SITE.name, "from": "2026-10-01", "to": "2026-11-20"}
    for name in (None, *(name for name in NAMES if name not in ("prop:<key>", "time:minute")), "prop:plan"):
        metrics = OF_EVENTS.get(name or "", list(METRICS))
        asked = {**days, "metrics": metrics, "dimensions": [name] if name else [], "compare": "previous"}
        if "conversions" in metrics:
            asked["goal"] = {"page": "/orders"}
        found[f"by {name}"] = await run_query(decode(msgspec.json.encode(asked)), store, SITE)
    for group in ("path", "folder"):
        asked = {**days, "group": group, "steps": 4}
        found[f"journeys {group}"] = await run_journeys(decode_journey(msgspec.json.encode(asked)), store, SITE)
    steps = {**days, "steps": [{"page": "/"}, {"page": "/bread"}]}
    for strict in (True, False):
        asked = {**steps, "mode": "strict" if strict else "loose"}
        found[f"funnel {strict}"] = await run_funnel(decode_funnel(msgspec.json.encode(asked)), store, SITE)
    found["live"] = await live(store, SITE.name, NOW)
    found["visits"] = await recent_visits(store, SITE, NOW)
    found["volume"] = await volume(store, SITE, NOW)
    return {name: without(value) for name, value in found.items()}


def without(value: Any) -> Any:
    """The answer without its own circumstances."""
    if isinstance(value, dict):
        return {key: without(one) for key, one in value.items() if key not in ("took_ms", "complete_to", "erased")}
    return [without(one) for one in value] if isinstance(value, list) else value


async def test_reports_after_an_erasure_are_those_without_the_erased(tmp_path: Path) -> None:
    store = await store_of(tmp_path / "whole", set(range(PEOPLE)))
    other = await store_of(tmp_path / "never", set(range(PEOPLE)) - ERASED)
    await store.settle()
    before, wanted = await everything(store), await everything(other)
    assert sum(before[name] != wanted[name] for name in wanted) > len(wanted) / 2, "the erased are in most reports"
    await store.drop_subjects({subject(person) for person in ERASED})
    assert differing(await everything(store), wanted) == []
    await store.settle()
    await store.rewrite()
    assert differing(await everything(store), wanted) == []
    await store.close()
    await other.close()


def differing(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    assert found.keys() == wanted.keys()
    return [name for name in wanted if found[name] != wanted[name]]
