"""Asks: how often the banner's texts were fetched, one integer per site and UTC hour, and nothing else about them."""

import asyncio
from collections import Counter
from contextlib import suppress

import structlog
from sqlalchemy import bindparam, insert, update
from sqlalchemy.exc import SQLAlchemyError

from collector.context import Context
from collector.state.database import State
from collector.state.tables import ask

FLUSH_S = 5.0  # what a crash may forget of this count; it carries no promise and no person

log = structlog.get_logger("asks")


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


async def add(state: State, counts: dict[tuple[str, int], int]) -> None:
    """Add to the integers of the given sites and hours."""
    rows = [{"at_site": site, "at_hour": hour, "more": more} for (site, hour), more in counts.items()]
    where = (ask.c.site == bindparam("at_site"), ask.c.hour == bindparam("at_hour"))
    async with state.write(followed=False) as connection:
        for row in rows:
            done = await connection.execute(update(ask).where(*where).values(asks=ask.c.asks + bindparam("more")), row)
            if done.rowcount == 0:
                new = {"site": row["at_site"], "hour": row["at_hour"], "asks": row["more"]}
                await connection.execute(insert(ask).values(new))
