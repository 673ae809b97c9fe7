"""What the consent log says of one site over a time: how many records of each kind, and when consents run out.

Numbers alone come out of it: nobody is named, and nobody can be told apart by them.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, select

from collector.consent.chain import PORTION
from collector.consent.record import CONSENTS, Body, seconds
from collector.consent.rights import JOB_SECONDS
from collector.consent.token import LIFETIME_S
from collector.state.database import State
from collector.state.tables import consent_log, job

QUARTER = 900
"""Seconds: every local day begins on a quarter of an hour of UTC."""


class History:
    """The records of a site from `start` to before `end`, and its consents in force at `now`; times in Unix seconds."""

    def __init__(self, site: str, start: int, end: int, now: int) -> None:
        self.records: Counter[tuple[int, str]] = Counter()
        """By quarter of an hour and kind."""
        self.purposes: Counter[str] = Counter()
        """The yeses of the time that hold each."""
        self.notices: Counter[str] = Counter()
        """The yeses of the time under each."""
        self._site, self._start, self._end, self._now = site, start, end, now
        self._until: dict[bytes, int] = {}

    @property
    def expiring(self) -> Counter[int]:
        """Consents in force by the quarter of an hour in which they run out."""
        return Counter(until // QUARTER * QUARTER for until in self._until.values() if until > self._now)

    def add(self, rows: Sequence[Any]) -> None:
        """Count some records, in their order; one that cannot be read is the proof's to name."""
        for row in rows:
            try:
                body = msgspec.json.decode(row.body, type=Body)
                if body.site == self._site:
                    self._count(body, row.recorded_at)
                    self._follow(body)
            except (msgspec.DecodeError, ValueError):
                continue

    def _count(self, body: Body, at: int) -> None:
        if not self._start <= at < self._end:
            return
        self.records[at // QUARTER * QUARTER, body.kind] += 1
        if body.kind in CONSENTS:
            self.purposes.update(body.purposes)
            self.notices[body.notice] += 1

    def _follow(self, body: Body) -> None:
        who = bytes.fromhex(body.subject)
        if body.kind in CONSENTS:
            self._until[who] = max(body.until, seconds(body.at))
        else:
            self._until.pop(who, None)


async def history(state: State, site: str, start: int, end: int, now: int) -> History:
    """Read the log from `start`, or from where the oldest consent that may be in force was given."""
    found = History(site, start, end, now)
    log = consent_log.c
    query = (
        select(log.seq, log.body, log.recorded_at)
        .where(log.body.is_not(None), log.recorded_at >= min(start, now - LIFETIME_S))
        .order_by(log.seq)
        .limit(PORTION)
    )
    last = 0
    while True:
        # A transaction each: a long one would keep every writer waiting.
        async with state.read() as connection:
            rows = (await connection.execute(query.where(log.seq > last))).all()
        if not rows:
            return found
        await asyncio.to_thread(found.add, rows)
        last = rows[-1].seq


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
