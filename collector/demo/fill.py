"""Fills a data folder with the demo site: the site and its notice, then a year of events; once."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from collector import asks
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.demo import MADE_UP, arrivals, pages, people, year
from collector.settings import Settings
from collector.standalone import own_store
from collector.state import sites
from collector.state.database import State
from collector.state.funnels import LOOSE, keep_funnel
from collector.state.goals import keep_goal
from collector.store.duckdb import DuckStore

SITE = MADE_UP
EVENTS = 200_000
MOST_EVENTS = 100_000_000
SEEDS = 32_768
EVENTS_A_VISIT = 4.71
"""What the chain of pages makes on average; so many events are hit to within a few in a hundred."""
PORTION = 200_000
"""Visits made up at once: some 500 MB of memory."""
CHECKPOINT_EVENTS = 5_000_000
_RETURN_DAYS = 60
DRAFT = Draft(controller="Byleave demo (every visit is made up)", contact=f"privacy@{SITE}")
Progress = Callable[[int], Any]


class DemoError(Exception):
    """The demo cannot be made here; the message says what to do."""


async def is_filled(settings: Settings, state: State) -> bool:
    """Whether the folder holds a finished demo. Raises DemoError when it holds anything else than that or nothing."""
    data = settings.data_path
    async with state.read() as connection:
        names = [site.name for site in await sites.every(connection)]
    others = [name for name in names if name != SITE]
    if others:
        raise DemoError(f"{data} holds {others[0]}, and the demo keeps to a folder of its own: choose another --data.")
    if await asyncio.to_thread((data / MARK).exists):
        return True
    if names:
        raise DemoError(f"The demo in {data} was not finished. Remove the folder, then try again.")
    async with own_store(settings) as store:
        if await _stored(store):
            raise DemoError(f"{data} holds events that are not the demo's: choose another --data.")
    return False


MARK = "demo.json"
"""Written last: the demo is whole, and what it was made from."""


async def fill(settings: Settings, state: State, events: int, seed: int, until: date, progress: Progress) -> int:
    """Add the site and about so many events of the year before `until` (UTC); returns how many there are.

    The same `seed` (0 to 32 767) and `until` give the same rows but for the notice's own time. `progress` is told the
    number of visits done since the last call, of `visits_of(events)`. Raises what opening the store does.
    """
    async with own_store(settings) as store:
        notice = await _add_site(state, until)
        await asks.add(state, _asks(year.days(visits_of(events), until)))
        made = since = 0
        for some in year.portions(year.days(visits_of(events), until), PORTION):
            rows = await store.append(ROWS, _parameters(some, visits_of(events), seed, until, notice))
            await store.settle(2 * PORTION)
            made, since = made + rows, since + rows
            if since >= CHECKPOINT_EVENTS:
                await store.checkpoint()
                since = 0
            progress(sum(day.visits for day in some))
        await store.checkpoint()
    told = {"site": SITE, "events": made, "seed": seed, "until": until.isoformat()}
    await asyncio.to_thread((settings.data_path / MARK).write_text, json.dumps(told) + "\n", "utf-8")
    return made


def visits_of(events: int) -> int:
    """The number of visits that make about so many events."""
    return max(1, round(events / EVENTS_A_VISIT))


ROWS = (files("collector.demo") / "sql" / "events.sql").read_text("utf-8")


def _parameters(some: list[year.Day], visits: int, seed: int, until: date, notice: str) -> Mapping[str, object]:
    own = {
        "site": SITE,
        "notice": notice,
        "until": until,
        # Above the number of a visit and a draw, so that no two seeds share a hash.
        "seed": seed << 48,
        "span": visits * _RETURN_DAYS / year.DAYS,
    }
    return own | pages.parameters() | people.parameters() | arrivals.parameters() | year.parameters(some)


def _asks(days: list[year.Day]) -> dict[tuple[str, int, str], int]:
    """Asks and yeses of each day: of nine visits five are of people who were asked, and of those asked two in five."""
    counts: dict[tuple[str, int, str], int] = {}
    for number, day in enumerate(days):
        noon = int(datetime.combine(day.day, time(12), UTC).timestamp())
        counts[SITE, noon, "yes"] = day.visits * 5 // 9
        counts[SITE, noon, "asks"] = day.visits * 5 // 9 * 5 // 2 + number % 3
    return counts


async def _add_site(state: State, until: date) -> str:
    began = datetime.combine(until, time(), UTC) - timedelta(days=year.DAYS + 1)
    now = int(began.timestamp())
    async with state.write() as connection:
        await sites.add(connection, sites.checked(SITE, (f"www.{SITE}",), "Europe/Berlin"), now)
        published = await publish(connection, SITE, DRAFT, iso(now), now)
        for name, step, valued in pages.GOALS:
            await keep_goal(connection, SITE, name, step, valued)
        for name, steps in pages.FUNNELS:
            await keep_funnel(connection, SITE, name, LOOSE, steps)
    return published.id


async def _stored(store: DuckStore) -> bool:
    async with store.snapshot() as snapshot:
        return bool(await snapshot.fetch("SELECT 1 FROM event LIMIT 1"))
