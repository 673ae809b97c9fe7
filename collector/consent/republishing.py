"""A notice like the one in force, with some decisions changed: what commands and settings pages publish."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.notice import Draft, NoticeError, Planned, draft_of, in_force, plan, publish
from collector.consent.record import iso
from collector.state.audit import note

AUDITED = ("retention_months", "visits")
"""Terms whose change the audit log names; names and addresses of people stand in the notice itself."""


async def replan(connection: AsyncConnection, site: str, changes: Mapping[str, Any], now: int) -> Planned:
    """What publishing with these fields of a Draft changed would do. Raises NoticeError."""
    return await plan(connection, site, await _changed(connection, site, changes), iso(now))


async def republish(
    connection: AsyncConnection, site: str, changes: Mapping[str, Any], now: int, actor: str, before: str | None
) -> Planned:
    """Publish, noted as done by `actor`. Raises NoticeError; also when `before` is not the notice in force any more."""
    published = await publish(connection, site, await _changed(connection, site, changes), iso(now), now)
    if published.before != before:
        raise NoticeError(
            "Another notice was published meanwhile. Look what it changed, then try again.", "notice_meanwhile"
        )
    terms = published.difference.terms if published.difference else ()
    told = {term.field: f"{term.old} → {term.new}" for term in terms if term.field in AUDITED}
    await note(connection, now, actor, "notice published", site, notice=published.id, **told)
    return published


async def _changed(connection: AsyncConnection, site: str, changes: Mapping[str, Any]) -> Draft:
    row = await in_force(connection, site)
    before = draft_of(msgspec.json.decode(row.body)) if row else Draft()
    return msgspec.structs.replace(before, **changes)
