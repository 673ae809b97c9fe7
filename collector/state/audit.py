"""The audit log: who changed which setting, and when. Entries are added and never changed."""

import json

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import audit

COMMAND_LINE = "command line"
ACTIONS = (
    "account added",
    "account changed",
    "account removed",
    "invitation made",
    "password changed",
    "password reset",
    "second factor on",
    "second factor off",
    "recovery codes made",
    "signed out everywhere",
    "site added",
    "site changed",
    "site removed",
    "notice published",
    "token created",
    "token revoked",
    "share link made",
    "share link revoked",
    "keys rotated",
    "consent exported",
    "proof made",
    "goal added",
    "goal changed",
    "goal removed",
    "funnel added",
    "funnel changed",
    "funnel removed",
)


class Entry(msgspec.Struct, frozen=True):
    """One change; `at` in Unix seconds, `detail` what changed and to what."""

    seq: int
    at: int
    actor: str
    action: str
    site: str
    detail: dict[str, str]


async def note(connection: AsyncConnection, now: int, actor: str, action: str, site: str = "", **detail: str) -> None:
    """Add an entry in the transaction of the change itself: neither is there without the other."""
    if action not in ACTIONS:
        raise ValueError(f"{action} is no action of the audit log")
    row = {"at": now, "actor": actor, "action": action, "site": site, "detail": json.dumps(detail, ensure_ascii=False)}
    await connection.execute(insert(audit).values(row))


async def entries(connection: AsyncConnection, limit: int, before: int | None = None) -> list[Entry]:
    """The newest entries first; `before` is the `seq` to go on from."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.seq < before)
    rows = await connection.execute(query)
    return [Entry(row.seq, row.at, row.actor, row.action, row.site, json.loads(row.detail)) for row in rows]
