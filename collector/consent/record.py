"""The consent log: append-only, each entry chained to the one before by a hash of its body.

The chain is over body hashes, so that a body can be removed when its time is over and the chain stays whole:
link(n) = SHA-256(link(n-1) ‖ SHA-256(body(n))), link(0) = 32 zero bytes.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.notice import canonical
from collector.consent.token import LIFETIME_S
from collector.state import tables

FIRST = bytes(32)
KINDS = ("given", "re-confirmed", "withdrawn", "expired")
CONSENTS = ("given", "re-confirmed")


class Body(msgspec.Struct, frozen=True):
    """What a record says, as far as proof and upkeep read it; times are ISO 8601 in UTC."""

    kind: str
    subject: str
    at: str
    site: str
    notice: str = ""
    purposes: tuple[str, ...] = ()
    expires: str = ""

    @property
    def until(self) -> int:
        """Unix seconds at which the consent runs out; six months after a yes recorded before bodies said so."""
        return seconds(self.expires) if self.expires else seconds(self.at) + LIFETIME_S


class Entry(msgspec.Struct, frozen=True):
    """One entry as it was appended."""

    seq: int
    link: bytes
    body: dict[str, Any]


async def append(connection: AsyncConnection, kind: str, subject: bytes, now: int, **facts: Any) -> Entry:
    """Append one record in a write transaction, which serialises appends across processes.

    `kind` is one of KINDS; `facts` are the site, notice, purposes and how it was asked. Raises ValueError.
    """
    row, body = _row(await _last_link(connection), kind, subject, now, facts)
    added = insert(tables.consent_log).values(row).returning(tables.consent_log.c.seq)
    seq = (await connection.execute(added)).scalar_one()
    return Entry(seq=seq, link=row["link"], body=body)


async def append_all(connection: AsyncConnection, kind: str, subjects: Iterable[bytes], now: int, **facts: Any) -> None:
    """Append the same record for many subjects in a write transaction."""
    before, rows = await _last_link(connection), []
    for subject in subjects:
        row, _ = _row(before, kind, subject, now, facts)
        rows.append(row)
        before = row["link"]
    if rows:
        await connection.execute(insert(tables.consent_log), rows)


async def _last_link(connection: AsyncConnection) -> bytes:
    last = select(tables.consent_log.c.link).order_by(tables.consent_log.c.seq.desc()).limit(1)
    previous = (await connection.execute(last)).scalar()
    return FIRST if previous is None else bytes(previous)


def _row(
    before: bytes, kind: str, subject: bytes, now: int, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry that follows the link `before`, as a row and as its body."""
    if kind not in KINDS:
        raise ValueError(f"The consent log knows no {kind}.")
    body = {"kind": kind, "subject": subject.hex(), "at": iso(now), **facts}
    text = canonical(body)
    body_hash = hashlib.sha256(text.encode()).digest()
    row = {
        "previous": before,
        "body_hash": body_hash,
        "link": link(before, body_hash),
        "body": text,
        "subject": subject,
        "recorded_at": now,
    }
    return row, body


def link(previous: bytes, body_hash: bytes) -> bytes:
    """The chain's next link."""
    return hashlib.sha256(previous + body_hash).digest()


def iso(seconds: int) -> str:
    """Unix seconds as ISO 8601 in UTC, such as 2026-11-22T10:00:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(at: str) -> int:
    """Unix seconds of a time that `iso` wrote. Raises ValueError."""
    return int(datetime.fromisoformat(at).timestamp())
