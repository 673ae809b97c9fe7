"""Daily upkeep: what has had its time goes, each row by the notice that it names.

Runs in the owner's task, before a rewrite takes its snapshot: what goes here is in no byte of the next generation.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, insert, select

from collector.consent.ending import expire, remove_bodies
from collector.consent.expiry import expired_before
from collector.state import tables
from collector.state.database import State
from collector.state.follow import Follower
from collector.store.duckdb import DuckStore
from collector.store.expiring import Expiring

log = structlog.get_logger(__name__)

DAILY = timedelta(days=1)
NAME = "retention"
"""Of its row in the state's table `upkeep`."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of this machine: aware, UTC."""
    return datetime.now(UTC)


class Retention:
    """Knows when rows expire, and when it was last looked for them."""

    def __init__(self, state: State, follower: Follower, clock: Clock = utc_now) -> None:
        self._state = state
        self._follower = follower
        self._clock = clock
        self._last: datetime | None = None
        self._tidying: asyncio.Task[None] | None = None

    async def due(self) -> bool:
        """Whether the last run is a day old or never was, a clock set back aside. Raises what the state raises."""
        if self._last is None:
            self._last = await last_run(self._state)
        return self._last is None or abs(self._clock() - self._last) >= DAILY

    async def run(self, store: DuckStore) -> dict[str, int]:
        """Delete the rows that are expired by now; returns how many, by site. Only between two rewrites.

        What has had its time in the state goes beside it, then: that may take minutes.
        """
        await self.stop()
        now = self._clock()
        await self._follower.refresh()
        # In a thread: the first look at a time zone reads its file.
        gone = await store.expire(await asyncio.to_thread(self._expiring, now))
        self._last = now
        if gone:
            log.info("rows_expired", rows=sum(gone.values()), sites=len(gone))
        self._tidying = asyncio.create_task(self._tidy(now), name="tidy the state")
        return gone

    async def tidied(self) -> None:
        """Returns when what the last run began is done, too."""
        if self._tidying is not None:
            await asyncio.wait({self._tidying})

    async def stop(self) -> None:
        """End what the last run began; the next one does the rest."""
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.wait({self._tidying})

    async def _tidy(self, now: datetime) -> None:
        """After the rows, so that none outlives its proof. Recorded last: a run that was cut short is repeated."""
        seconds = int(now.timestamp())
        try:
            expired = await expire(self._state, seconds)
            removed = await remove_bodies(self._state, seconds)
            await _record(self._state, seconds)
        except Exception as error:  # a full disk, a lock: tomorrow is another day, and doctor tells
            log.error("state_not_tidied", cause=type(error).__name__)
            return
        if expired or removed:
            log.info("consents_ended", expired=expired, bodies_removed=removed)

    def _expiring(self, now: datetime) -> list[Expiring]:
        sites, found = self._follower.sites, []
        for notice in self._follower.notices.values():
            zone = sites[notice.site].timezone if notice.site in sites else "UTC"
            before = expired_before(now, zone, int(notice.body["retention_months"]))
            found.append(Expiring(notice.site, notice.id, zone, before, notice.k))
        return found


async def last_run(state: State) -> datetime | None:
    """When rows were last looked through (aware, UTC); None before the first time."""
    async with state.read() as connection:
        query = select(tables.upkeep.c.done_at).where(tables.upkeep.c.name == NAME)
        seconds = (await connection.execute(query)).scalar()
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


async def _record(state: State, now: int) -> None:
    async with state.write(followed=False) as connection:
        await connection.execute(delete(tables.upkeep).where(tables.upkeep.c.name == NAME))
        await connection.execute(insert(tables.upkeep).values(name=NAME, done_at=now))
