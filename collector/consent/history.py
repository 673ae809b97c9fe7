"""What the consent log says of one site over a time: how many records of each kind, and when consents run out.

Numbers alone come out of it: nobody is named, and nobody can be told apart by them.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.record import CONSENTS, Body
from collector.consent.rights import JOB_SECONDS
from collector.state.database import State
from collector.state.tables import consent_end, consent_log, consent_tally, job

QUARTER = 900
"""Seconds: every local day begins on a quarter of an hour of UTC."""


class History:
    """The records of a site in some time, and its consents in force."""

    def __init__(self) -> None:
        self.records: Counter[tuple[int, str]] = Counter()
        """By quarter of an hour (Unix seconds) and kind."""
        self.purposes: Counter[str] = Counter()
        """The yeses of the time that hold each."""
        self.notices: Counter[str] = Counter()
        """The yeses of the time under each."""
        self.expiring: Counter[int] = Counter()
        """Consents in force by the quarter of an hour in which they run out."""

    def add_yeses(self, notice: str, purposes: Sequence[str], count: int) -> None:
        """Count yeses to the same."""
        self.notices[notice] += count
        for purpose in purposes:
            self.purposes[purpose] += count

    def add_bodies(self, rows: Sequence[Any], site: str) -> None:
        """Count the site's among some records; one that cannot be read is the proof's to name."""
        for row in rows:
            with contextlib.suppress(msgspec.DecodeError):
                body = msgspec.json.decode(row.body, type=Body)
                if body.site == site:
                    self.records[_quarter(row.recorded_at), body.kind] += 1
                    if body.kind in CONSENTS:
                        self.add_yeses(body.notice, body.purposes, 1)


async def history(state: State, site: str, start: int, end: int, now: int) -> History:
    """The records from `start` to before `end`, and the consents in force at `now`; times in Unix seconds."""
    found = History()
    first, last = _quarter(start + QUARTER - 1), _quarter(end)
    async with state.read() as connection:
        await _add_tallied(connection, found, site, first, last)
        found.expiring.update(await _expiring(connection, site, now))
        # A range of days is made of whole quarters of an hour; one with times may begin and end within one.
        bodies = [*await _bodies(connection, start, min(first, end)), *await _bodies(connection, max(last, first), end)]
    await asyncio.to_thread(found.add_bodies, bodies, site)
    return found


async def _add_tallied(connection: AsyncConnection, found: History, site: str, start: int, end: int) -> None:
    sums = consent_tally.c
    count, where = func.sum(sums.records), (sums.site == site, sums.quarter >= start, sums.quarter < end)
    kinds = select(sums.quarter, sums.kind, count).where(*where).group_by(sums.quarter, sums.kind)
    for at, kind, some in await connection.execute(kinds):
        found.records[at, kind] = int(some)
    yeses = select(sums.notice, sums.purposes, count).where(*where, sums.kind.in_(CONSENTS))
    for notice, purposes, some in await connection.execute(yeses.group_by(sums.notice, sums.purposes)):
        found.add_yeses(notice, msgspec.json.decode(purposes, type=list[str]), int(some))


async def _expiring(connection: AsyncConnection, site: str, now: int) -> dict[int, int]:
    sums = consent_end.c
    later = tuple_(sums.quarter, sums.second) > tuple_(_quarter(now), now % QUARTER)
    query = select(sums.quarter, func.sum(sums.consents)).where(sums.site == site, later).group_by(sums.quarter)
    return {at: int(count) for at, count in await connection.execute(query)}


async def _bodies(connection: AsyncConnection, start: int, end: int) -> Sequence[Any]:
    """What was recorded within less than a quarter of an hour, of all sites."""
    if start >= end:
        return []
    log = consent_log.c
    query = select(log.body, log.recorded_at).where(
        log.recorded_at >= start, log.recorded_at < end, log.body.is_not(None)
    )
    return (await connection.execute(query)).all()


def _quarter(at: int) -> int:
    return at // QUARTER * QUARTER


class Jobs(NamedTuple):
    """The erasures asked for on this server that are remembered (31 days), of all sites; times in Unix seconds."""

    waiting: int
    oldest_waiting: int | None
    done: int
    last_done: int | None


async def jobs(state: State, now: int) -> Jobs:
    """How many erasures wait for their bytes to leave the disk, and how many are done."""
    waits = job.c.done_at.is_(None)
    query = select(
        func.count().filter(waits),
        func.min(job.c.asked_at).filter(waits),
        func.count().filter(~waits),
        func.max(job.c.done_at),
    ).where(job.c.asked_at > now - JOB_SECONDS)
    async with state.read() as connection:
        return Jobs(*(await connection.execute(query)).one())
