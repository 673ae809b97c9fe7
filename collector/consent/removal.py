"""Removing a site: everybody of it is withdrawn. Its notices stay, for the receipts that people keep name them.

In small transactions, so that collecting for other sites goes on: first the site is marked, after which no consent to
it can be recorded, then its subjects are buried, some at a time. A removal that was cut short is finished by another.
"""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import record
from collector.demo import MADE_UP
from collector.state import sites, tables
from collector.state.database import State
from collector.state.site import SiteError, hostname

AT_ONCE = 500  # subjects a transaction, ~50 ms in which no other process can write


async def mark(connection: AsyncConnection, name: str, now: int) -> None:
    """Mark a site as removed in a write transaction, and forget what only it needs. Raises SiteError."""
    _refuse_made_up(name)
    at = tables.site.c.name == name
    await connection.execute(update(tables.site).where(at).values(removed_at=now))
    await connection.execute(delete(tables.api_token).where(tables.api_token.c.site == name))
    await connection.execute(delete(tables.site_role).where(tables.site_role.c.site == name))
    await connection.execute(delete(tables.invitation).where(tables.invitation.c.site == name))
    await connection.execute(delete(tables.ask).where(tables.ask.c.site == name))
    await connection.execute(delete(tables.share).where(tables.share.c.site == name))
    await connection.execute(delete(tables.annotation).where(tables.annotation.c.site == name))
    await connection.execute(delete(tables.saved_filters).where(tables.saved_filters.c.site == name))
    await connection.execute(delete(tables.goal).where(tables.goal.c.site == name))
    await connection.execute(delete(tables.funnel).where(tables.funnel.c.site == name))


async def bury_everybody(state: State, name: str) -> AsyncIterator[tuple[int, int]]:
    """Withdraw every consent to a removed site; tells how many people of how many are done."""
    async with state.read() as connection:
        left = [bytes(subject) for subject in (await connection.execute(_unburied(name))).scalars()]
    for start in range(0, len(left), AT_ONCE):
        yield start, len(left)
        async with state.write() as connection:
            await _bury(connection, name, left[start : start + AT_ONCE])
    yield len(left), len(left)


async def left_of(connection: AsyncConnection, name: str) -> int:
    """How many people of a removed site are not withdrawn yet, because its removal was cut short."""
    found = (await connection.execute(select(func.count()).select_from(_unburied(name).subquery()))).scalar_one()
    return int(found)


async def removable(connection: AsyncConnection, host: str) -> str:
    """The name of a site that can be removed, or whose removal can be finished. Raises UnknownSite or SiteError."""
    name = hostname(host)
    if name in await sites.removed(connection):
        return name
    _refuse_made_up(name)
    found = await sites.named(connection, host)
    if found.name != name:
        raise SiteError(f"{name} is an alias of {found.name}. Take it away with site set, or name {found.name} itself.")
    return found.name


def made_up(name: str) -> bool:
    """Whether a site is the demo's, about which everything is invented."""
    return name == MADE_UP


def _refuse_made_up(name: str) -> None:
    if made_up(name):  # nobody consented to its rows, so that no withdrawal takes them away
        raise SiteError(f"Everything about {name} is made up. Stop the demo, then delete its folder.")


async def _bury(connection: AsyncConnection, name: str, subjects: Sequence[bytes]) -> None:
    """Only those who did not withdraw meanwhile."""
    now = int(time.time())  # of this transaction: it may have waited for its turn
    there = select(tables.tombstone.c.subject).where(tables.tombstone.c.subject.in_(subjects))
    buried = {bytes(subject) for subject in (await connection.execute(there)).scalars()}
    left = [subject for subject in subjects if subject not in buried]
    if left:
        graves = [{"subject": subject, "site": name, "buried_at": now} for subject in left]
        await connection.execute(insert(tables.tombstone), graves)
        await record.append_all(connection, "withdrawn", left, now, site=name)


def _unburied(name: str) -> Select[Any]:
    """The subjects of a site's consent log without a tombstone."""
    log, grave = tables.consent_log.c, tables.tombstone.c
    # The body is canonical JSON, so that the site stands in it in this one form.
    of_site = log.body.contains(f'"site":"{name}"', autoescape=True)
    here = select(log.subject).where(of_site, log.subject.is_not(None)).distinct()
    return here.where(~select(grave.seq).where(grave.subject == log.subject).exists())
