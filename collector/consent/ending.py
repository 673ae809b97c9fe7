"""How consents end by themselves: those that ran out are recorded so, and in time their records lose their bodies."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.chain import LEAST_LOG_MONTHS, PORTION, over
from collector.consent.record import CONSENTS, Body, append, iso, seconds
from collector.state.database import State
from collector.state.tables import consent_log, narrowing, notice

AT_ONCE = 100
"""Subjects in one transaction: a yes that comes meanwhile waits some 50 ms for it."""


async def expire(state: State, now: int) -> int:
    """Record `expired` for every subject whose last consent has run out; returns how many it were.

    `now` is in Unix seconds. Nothing is recorded of a subject that withdrew, or whose expiry is recorded already.
    """
    count = 0
    async for newest in _newest(state):
        due = [subject for subject, body in newest if body.kind in CONSENTS and body.until <= now]
        for some in _portions(due):
            # No process holds in memory what this changes: tokens carry their own expiry.
            async with state.write(followed=False) as connection:
                for subject in some:
                    count += await _expire(connection, subject, now)
    return count


async def remove_bodies(state: State, now: int) -> int:
    """Remove the bodies of consents whose time is over, as their notices say; returns how many. The chain stays whole.

    To be called after the rows that are due were removed: it goes by the same months, so no row outlives its proof.
    """
    months = await _months(state)
    count = 0
    async for newest in _newest(state):
        due = [subject for subject, body in newest if _over(body, LEAST_LOG_MONTHS, now)]
        for some in _portions(due):
            async with state.write(followed=False) as connection:
                for subject in some:
                    count += await _remove(connection, subject, months, now)
    return count


async def _newest(state: State) -> AsyncIterator[list[tuple[bytes, Body]]]:
    """Each subject with its newest record, a portion at a time."""
    later = consent_log.alias()
    superseded = exists().where(later.c.subject == consent_log.c.subject, later.c.seq > consent_log.c.seq)
    query = (
        select(consent_log.c.seq, consent_log.c.subject, consent_log.c.body)
        .where(consent_log.c.body.is_not(None), ~superseded)
        .order_by(consent_log.c.seq)
        .limit(PORTION)
    )
    last = 0
    while True:
        async with state.read() as connection:
            rows = (await connection.execute(query.where(consent_log.c.seq > last))).all()
        if not rows:
            return
        yield await asyncio.to_thread(_bodies, rows)
        last = rows[-1].seq


async def _expire(connection: AsyncConnection, subject: bytes, now: int) -> int:
    bodies = await _of(connection, subject)
    _, newest = bodies[-1]
    until = max((body.until for _, body in bodies if body.kind in CONSENTS), default=0)
    if newest.kind not in CONSENTS or until > now:
        return 0  # given again, or withdrawn, a moment ago
    ended = {"notice": newest.notice, "purposes": list(newest.purposes), "expires": iso(until)}
    await append(connection, "expired", subject, now, site=newest.site, **ended)
    return 1


async def _remove(connection: AsyncConnection, subject: bytes, months: dict[str, int], now: int) -> int:
    bodies = await _of(connection, subject)
    kept = max(LEAST_LOG_MONTHS, *(months.get(body.notice, 0) for _, body in bodies))
    if not _over(bodies[-1][1], kept, now):
        return 0
    held = consent_log.c.subject == subject
    await connection.execute(update(consent_log).where(held).values(body=None, subject=None))
    await connection.execute(delete(narrowing).where(narrowing.c.subject == subject))
    return len(bodies)


async def _of(connection: AsyncConnection, subject: bytes) -> list[tuple[bytes, Body]]:
    log = consent_log.c
    query = select(log.subject, log.body).where(log.subject == subject).order_by(log.seq)
    return _bodies((await connection.execute(query)).all())


async def _months(state: State) -> dict[str, int]:
    """How long each notice keeps the proof of a consent after its end: never less than it keeps the rows."""
    async with state.read() as connection:
        bodies = {row.id: msgspec.json.decode(row.body) for row in await connection.execute(select(notice))}
    return {id_: max(body["log_retention_months"], body["retention_months"]) for id_, body in bodies.items()}


def _over(newest: Body, months: int, now: int) -> bool:
    """Whether so many months have passed since the consent's end was recorded, after every other record of it."""
    return newest.kind not in CONSENTS and over(seconds(newest.at), months, now)


def _bodies(rows: Sequence[Any]) -> list[tuple[bytes, Body]]:
    """Subjects and what is recorded of them. A damaged body keeps nobody else's from ending; `consent verify` tells."""
    found = []
    for row in rows:
        with contextlib.suppress(msgspec.DecodeError, TypeError, ValueError):
            body = msgspec.json.decode(row.body, type=Body)
            if body.until and seconds(body.at):  # its times can be read
                found.append((bytes(row.subject), body))
    return found


def _portions(subjects: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [subjects[at : at + AT_ONCE] for at in range(0, len(subjects), AT_ONCE)]
