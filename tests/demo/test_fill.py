"""The demo: rows that obey the table's rules, the same for a seed, in a folder that holds nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector.demo import fill as demos
from collector.demo.arrivals import ARRIVALS, EVERYDAY
from collector.demo.pages import KINDS
from collector.demo.slots import SLOTS, slots
from collector.demo.year import DAYS, days, portions
from collector.enrich.source import source_of
from collector.settings import Settings
from collector.standalone import own_store
from collector.state import sites
from collector.state.database import State
from collector.store.duckdb import DuckStore
from collector.store.writer import Queued
from dashboard.journeys import decode_journey, run_journeys
from dashboard.query.request import decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts
from tests.rows import batch, line

UNTIL = date(2026, 11, 22)
EVENTS = 12_000
FACTS = SiteFacts(name=demos.SITE, timezone="Europe/Berlin", k=5)


async def filled(data: Path, events: int = EVENTS, seed: int = 1) -> Settings:
    settings = Settings(data=str(data))
    state = await asyncio.to_thread(State.open, data)
    done: list[int] = []
    try:
        assert not await demos.is_filled(settings, state)
        made = await demos.fill(settings, state, events, seed, UNTIL, done.append)
        assert await demos.is_filled(settings, state)
    finally:
        await state.close()
    assert sum(done) == demos.visits_of(events)
    assert made == pytest.approx(events, rel=0.04)
    return settings


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DuckStore]:
    async with own_store(await filled(tmp_path)) as found:
        yield found


async def rows(store: DuckStore, sql: str) -> list[Any]:
    async with store.snapshot() as snapshot:
        return await snapshot.fetch(sql)


WRONG = {
    "its numbers are 0, 1, 2 …": """SELECT visit FROM event GROUP BY visit
        HAVING count(DISTINCT nth) <> count(*) OR min(nth) <> 0 OR max(nth) <> count(*) - 1""",
    "time goes on with them": """SELECT visit FROM (SELECT visit, occurred_at < lag(occurred_at) OVER (
        PARTITION BY visit ORDER BY nth) AS back FROM event) WHERE back""",
    "whole seconds of the year": """FROM event WHERE occurred_at <> date_trunc('second', occurred_at)
        OR occurred_at < '2025-11-21' OR occurred_at >= '2026-11-22'""",
    "a visit is one person's, on one device, at one place": """SELECT visit FROM event GROUP BY visit
        HAVING count(DISTINCT (subject, visitor, country, city, browser, browser_major, os, device, host)) > 1""",
    "a visitor is a subject": """SELECT subject FROM event GROUP BY subject
        HAVING count(DISTINCT visitor) > 1 OR count(DISTINCT coalesce(visitor, 0)) > 1""",
    "one came from elsewhere at the first page alone": """FROM event WHERE nth > 0 AND coalesce(
        source, utm_source, utm_medium, utm_campaign, utm_content, utm_term, ad) IS NOT NULL""",
    "pages alone have a channel": "FROM event WHERE (kind = 'pageview') <> (channel IS NOT NULL)",
    "no source is Direct": "FROM event WHERE kind = 'pageview' AND (channel = 'Direct') <> (source IS NULL)",
    "clicks and events alone have a target": """FROM event
        WHERE (kind IN ('click', 'event')) <> (target IS NOT NULL) OR (kind = 'click') <> (target_kind IS NOT NULL)""",
    "leaves alone have seconds": """FROM event
        WHERE (kind = 'leave') <> (seconds IS NOT NULL AND scroll BETWEEN 0 AND 100)""",
    "an amount has a currency": "FROM event WHERE (value IS NULL) <> (currency IS NULL)",
    "nothing that is always known is missing": """FROM event WHERE site <> 'demo.byleave.example'
        OR host NOT IN (site, 'www.' || site) OR coalesce(browser, os, device) IS NULL OR browser_major < 1
        OR path NOT LIKE '/%' OR (country IS NULL) <> (city IS NULL)""",
}


async def test_every_row_obeys_the_table(store: DuckStore) -> None:
    for rule, sql in WRONG.items():
        assert await rows(store, sql) == [], rule


async def test_it_looks_like_a_year(store: DuckStore) -> None:
    ((months, channels, countries, kinds, back, share),) = await rows(
        store,
        """SELECT count(DISTINCT date_trunc('month', occurred_at)), count(DISTINCT channel), count(DISTINCT country),
            count(DISTINCT kind), count(DISTINCT visit) > 1.2 * count(DISTINCT subject),
            count(DISTINCT visit) FILTER (visitor IS NOT NULL) / count(DISTINCT visit) FROM event""",
    )
    assert (months, kinds, back) == (13, 4, True)
    assert channels >= 8
    assert countries >= 20
    assert share == pytest.approx(0.62, abs=0.03)
    busiest, quietest = await rows(
        store, "SELECT count(*) FROM event GROUP BY occurred_at::DATE ORDER BY 1 DESC LIMIT 1"
    ) + await rows(store, "SELECT median(c) FROM (SELECT count(*) AS c FROM event GROUP BY occurred_at::DATE)")
    assert busiest[0] > 1.8 * quietest[0]
    zipf = await rows(store, "SELECT count(*) FROM event WHERE path LIKE '/blog/%' GROUP BY path ORDER BY 1 DESC")
    assert zipf[0][0] > 5 * zipf[20][0]


async def test_the_reports_add_up(store: DuckStore) -> None:
    whole = {"site": demos.SITE, "from": "2025-11-01", "to": "2026-11-30"}
    asked = {**whole, "metrics": ["visits", "pageviews", "clicks", "value"]}
    totals = (await run_query(decode(msgspec.json.encode(asked)), store, FACTS))["totals"]
    ((visits, views, clicks, value),) = await rows(
        store,
        """SELECT count(DISTINCT visit), count(*) FILTER (kind = 'pageview'), count(*) FILTER (kind = 'click'),
            sum(value)::DOUBLE FROM event""",
    )
    assert totals == {"visits": visits, "pageviews": views, "clicks": clicks, "value": pytest.approx(value)}
    for dimension in ("channel", "city", "time:month", "entry_page"):
        by = {**asked, "metrics": ["visits", "pageviews"], "dimensions": [dimension], "limit": 10_000}
        found = (await run_query(decode(msgspec.json.encode(by)), store, FACTS))["rows"]
        assert [sum(column) for column in zip(*(row["metrics"] for row in found), strict=True)] == [visits, views]
    journeys = await run_journeys(decode_journey(msgspec.json.encode(whole)), store, FACTS)
    assert msgspec.to_builtins(journeys)["matched"] == visits


async def test_a_seed_gives_the_same_year_and_another_gives_another(tmp_path: Path) -> None:
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        async with own_store(await filled(tmp_path / name, 3_000, seed)) as store:
            columns = "SELECT bit_xor(hash(COLUMNS(* EXCLUDE (notice)))) FROM event"
            found.append((await rows(store, columns))[0])
    assert found[0] == found[1]
    assert found[0] != found[2]


async def test_days_are_made_up_in_portions_of_whole_days() -> None:
    year = days(1_000, UNTIL)
    assert (len(year), sum(day.visits for day in year)) == (DAYS, 1_000)
    assert [day for some in portions(year, 50) for day in some] == year
    assert max(sum(day.visits for day in some) for some in portions(year, 50)) <= 50


async def test_sources_are_those_of_the_collector_whether_or_not_adverts_are_allowed() -> None:
    for arrival in ARRIVALS:
        names = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
        utm = {name: text for name, text in zip(names, arrival.utm, strict=True) if text}
        allowed, refused = (source_of(arrival.referrer, lambda _: False, utm, ad) for ad in (arrival.ad, None))
        assert allowed == refused
    assert {source_of(each.referrer, lambda _: False, {}, None)[1] for each in EVERYDAY} >= {"Search", "Social", "AI"}


def test_the_chain_names_pages_that_exist() -> None:
    assert {name for kind in KINDS.values() for name in kind.next if name} <= set(KINDS)
    assert len(slots([1, 2, 0.001, 5])) == SLOTS
    assert [slots([1, 3], 8).count(index) for index in (0, 1)] == [2, 6]


async def refused(data: Path) -> str:
    state = await asyncio.to_thread(State.open, data)
    try:
        with pytest.raises(demos.DemoError) as caught:
            await demos.is_filled(Settings(data=str(data)), state)
    finally:
        await state.close()
    return str(caught.value)


@pytest.mark.parametrize(("name", "told"), [("example.com", "keeps to a folder"), (demos.SITE, "not finished")])
async def test_a_folder_with_a_site_is_left_alone(tmp_path: Path, name: str, told: str) -> None:
    state = await asyncio.to_thread(State.open, tmp_path)
    async with state.write() as connection:
        await sites.add(connection, sites.checked(name), int(time.time()))
    await state.close()
    assert told in await refused(tmp_path)
    assert not await asyncio.to_thread((tmp_path / "events").exists)


async def test_a_folder_with_events_is_left_alone(tmp_path: Path) -> None:
    async with own_store(Settings(data=str(tmp_path))) as store:
        await store.load([Queued("a", 1, batch(line()))])
    assert "not the demo's" in await refused(tmp_path)


def test_two_in_five_of_those_asked_said_yes() -> None:
    counts = demos._asks(days(40_000, UNTIL))
    asked, yes = (sum(count for (*_, what), count in counts.items() if what == name) for name in ("asks", "yes"))
    assert yes / asked == pytest.approx(0.4, abs=0.02)
    assert all(count >= counts[site, hour, "yes"] for (site, hour, what), count in counts.items() if what == "asks")
