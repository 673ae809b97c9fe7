"""Asks and the yeses to them: three integers per site and UTC hour, and nothing else about them.

An ask is a fetch of the banner's texts. A yes is told apart by who asked: Byleave's own banner, or the site itself (its
CMP, or its own button), whose asks nobody counts here. All are counted in memory and written together, so that what a
crash forgets is asks and yeses alike.
"""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Literal

import structlog
from sqlalchemy import and_, insert, update
from sqlalchemy.exc import SQLAlchemyError

from collector.context import Context
from collector.state import sites
from collector.state.database import State
from collector.state.tables import ask

FLUSH_S = 2.0  # what a crash may forget of this count; it carries no promise and no person
HOUR_S = 3600
Counted = Literal["asks", "yes", "elsewhere"]

log = structlog.get_logger("asks")


def count(context: Context, site: str, what: Counted) -> None:
    """One more in this hour; written with the next flush."""
    context.asks[site, int(time.time()) // HOUR_S * HOUR_S, what] += 1


async def flush_for_ever(context: Context) -> None:
    """Write the counts every few seconds, and once more when cancelled."""
    try:
        while True:
            await asyncio.sleep(FLUSH_S)
            with suppress(SQLAlchemyError):
                await flush(context)
    finally:
        with suppress(SQLAlchemyError):
            await flush(context)


async def flush(context: Context) -> None:
    """Add what was counted since the last flush; on failure the counts stay for the next."""
    counts = dict(context.asks)
    if not counts:
        return
    await add(context.state, counts)
    context.asks -= Counter(counts)


async def add(state: State, counts: dict[tuple[str, int, str], int]) -> None:
    """Add to the integers of the given sites and hours."""
    hours: dict[tuple[str, int], dict[str, int]] = {}
    for (site, hour, what), more in counts.items():
        hours.setdefault((site, hour), {})[what] = more
    async with state.write(followed=False) as connection:
        present = {site.name for site in await sites.every(connection)}
        for (site, hour), added in hours.items():
            if site not in present:  # removed since: nothing of it is kept
                continue
            more_of = {what: ask.c[what] + more for what, more in added.items()}
            where = and_(ask.c.site == site, ask.c.hour == hour)
            done = await connection.execute(update(ask).where(where).values(more_of))
            if done.rowcount == 0:
                none = {"asks": 0, "yes": 0, "elsewhere": 0}
                await connection.execute(insert(ask).values(site=site, hour=hour, **{**none, **added}))
