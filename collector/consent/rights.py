"""What a visitor's rights change in the state: who is erased, who goes on, and the jobs that tell when it is done.

Everything here happens within a transaction of the caller's.
"""

import hashlib
import secrets
import time
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import record
from collector.state import tables

JOB_SECONDS = 31 * 86_400
"""How long a job is remembered."""
ERASED = "erased"
"""In `upkeep`: what was erased before this moment is in no file any more."""


class Job(msgspec.Struct, frozen=True):
    """One request to be erased; times in Unix seconds."""

    asked_at: int
    done_at: int | None


async def line_of(connection: AsyncConnection, subject: bytes) -> list[bytes]:
    """A subject and all that it was erased to go on as; the last is what rows carry now."""
    line = [subject]
    while True:
        later = select(tables.renewal.c.successor).where(tables.renewal.c.subject == line[-1])
        successor = (await connection.execute(later)).scalar()
        if successor is None:
            return line
        line.append(bytes(successor))


async def newest(connection: AsyncConnection, subject: bytes) -> bytes:
    """What a subject's rows carry now."""
    return (await line_of(connection, subject))[-1]


async def buried_at(connection: AsyncConnection, subject: bytes) -> int | None:
    """When a subject withdrew or was erased, in Unix seconds; None where it did not."""
    grave = select(tables.tombstone.c.buried_at).where(tables.tombstone.c.subject == subject)
    return (await connection.execute(grave)).scalar()


async def withdraw(connection: AsyncConnection, subject: bytes, site: str) -> bool:
    """Bury a subject for good: nothing is collected, and every row goes. False where that was done before."""
    if await buried_at(connection, subject) is not None:
        return False
    now = await _bury(connection, subject, site)
    await record.append(connection, "withdrawn", subject, now, site=site)
    return True


async def go_on(connection: AsyncConnection, subject: bytes, site: str) -> bytes:
    """Bury a subject that is not buried, and let its consents go on as another; returns the successor.

    Who presses the button confirms those that have not expired once more, so each is recorded anew.
    """
    now = await _bury(connection, subject, site)
    successor = secrets.token_bytes(16)
    renewal = {"subject": subject, "successor": successor, "renewed_at": now}
    await connection.execute(insert(tables.renewal).values(renewal))
    narrowings = await _narrowings(connection, subject)
    for facts in await _standing(connection, subject, now, narrowings):
        await record.append(connection, "re-confirmed", successor, now, **facts)
    for kept, narrowed_at in narrowings:  # a token that is older covers no more than before
        row = {"subject": successor, "kept": kept, "narrowed_at": narrowed_at}
        await connection.execute(insert(tables.narrowing).values(row))
    return successor


async def add_job(connection: AsyncConnection, *, erased_at: int | None = None) -> str:
    """A new job; returns what finds it. `erased_at`: when its subject had been erased before, else now."""
    now = int(time.time())
    secret = secrets.token_urlsafe(16)
    done = erased_at is not None and erased_at <= await erased_to(connection)
    row = {"id": _hash(secret), "asked_at": now, "done_at": now if done else None}
    await connection.execute(insert(tables.job).values(row))
    return secret


async def find_job(connection: AsyncConnection, secret: str) -> Job | None:
    """The job that a secret finds."""
    found = select(tables.job.c.asked_at, tables.job.c.done_at).where(tables.job.c.id == _hash(secret))
    row = (await connection.execute(found)).first()
    return None if row is None else Job(*row)


async def erased_to(connection: AsyncConnection) -> int:
    """The Unix second up to which everything erased is in no file of store or spool any more; 0 before the first."""
    done = select(tables.upkeep.c.done_at).where(tables.upkeep.c.name == ERASED)
    return (await connection.execute(done)).scalar() or 0


async def waiting(connection: AsyncConnection) -> list[int]:
    """When each erasure was asked for that may still be in a file, in Unix seconds, the oldest first."""
    done = await erased_to(connection)
    graves = select(tables.tombstone.c.buried_at).where(tables.tombstone.c.buried_at > done)
    jobs = select(tables.job.c.asked_at).where(tables.job.c.done_at.is_(None))
    return sorted({at for (at,) in (await connection.execute(graves.union(jobs))).all()})


async def mark_erased(connection: AsyncConnection, upto: int) -> None:
    """All that was erased up to a Unix second is in no file any more. Jobs of long ago are forgotten."""
    now, job = int(time.time()), tables.job
    done = max(upto, await erased_to(connection))
    await connection.execute(delete(tables.upkeep).where(tables.upkeep.c.name == ERASED))
    await connection.execute(insert(tables.upkeep).values(name=ERASED, done_at=done))
    await connection.execute(update(job).where(job.c.done_at.is_(None), job.c.asked_at <= upto).values(done_at=now))
    await connection.execute(delete(job).where(job.c.asked_at < now - JOB_SECONDS))


async def _bury(connection: AsyncConnection, subject: bytes, site: str) -> int:
    # The time of the grave itself: a writer may have waited for its turn.
    now = int(time.time())
    grave = {"subject": subject, "site": site, "buried_at": now}
    await connection.execute(insert(tables.tombstone).values(grave))
    return now


async def _narrowings(connection: AsyncConnection, subject: bytes) -> list[tuple[str, int]]:
    """What a subject kept (a JSON list of purposes), and the Unix second before which its tokens cover no more."""
    table = tables.narrowing
    found = select(table.c.kept, table.c.narrowed_at).where(table.c.subject == subject).order_by(table.c.seq)
    return [(kept, at) for kept, at in (await connection.execute(found)).all()]


async def _standing(
    connection: AsyncConnection, subject: bytes, now: int, narrowings: list[tuple[str, int]]
) -> list[dict[str, Any]]:
    """The facts of a subject's unexpired records, in their order, as far as they still cover anything.

    Of those that say the same, the one that lasts longest.
    """
    log = tables.consent_log
    found = select(log.c.body).where(log.c.subject == subject, log.c.body.is_not(None)).order_by(log.c.seq)
    standing: dict[str, dict[str, Any]] = {}
    for text in (await connection.execute(found)).scalars():
        body = msgspec.json.decode(text, type=record.Body)
        if body.kind in record.CONSENTS and body.until > now:
            facts = _facts(msgspec.json.decode(text), narrowings)
            same = msgspec.json.encode(facts, order="sorted").decode()
            until = record.iso(body.until)
            standing[same] = {**facts, "expires": max(until, standing.pop(same, {}).get("expires", until))}
    return list(standing.values())


def _facts(body: dict[str, Any], narrowings: list[tuple[str, int]]) -> dict[str, Any]:
    purposes = body["purposes"]
    for kept, narrowed_at in narrowings:
        if record.seconds(body["at"]) < narrowed_at:
            purposes = [purpose for purpose in purposes if purpose in msgspec.json.decode(kept)]
    own = ("kind", "subject", "at", "expires", "purposes")
    return {key: value for key, value in body.items() if key not in own} | {"purposes": purposes}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
