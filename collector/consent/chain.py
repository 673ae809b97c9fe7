"""Walks the consent log from its first record to its last, and tells where anything in it was changed.

What is proved is the chain, not the numbers: each record names the link of the one before it. The numbers only rise;
where the database has counted further than the last record, records are missing at the end.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.expiry import months_after
from collector.consent.record import CONSENTS, FIRST, KINDS, Body, iso, link, seconds
from collector.state.database import State
from collector.state.tables import consent_log

PORTION = 5_000
"""Records read at once: some 20 ms, in which no other process can write."""
SUBJECT_BYTES = 16
LEAST_LOG_MONTHS = 36
"""No notice lets the body of a record go sooner after its consent has ended."""


class Terms(NamedTuple):
    """What a published notice allows."""

    site: str
    purposes: frozenset[str]
    retention_months: int
    log_retention_months: int


class Record(NamedTuple):
    """A record that has its body."""

    seq: int
    subject: bytes
    body: Body


class Walk:
    """One walk; what it found is right once `records` has ended."""

    def __init__(self, notices: Mapping[str, Terms], now: int) -> None:
        self.kinds: Counter[str] = Counter()
        self.removed = 0
        """Records whose body's time is over: they stay in the chain by its hash."""
        self.seq = 0
        self.link = FIRST
        self.share = 0.0
        self.problem = ""
        """The first thing that is wrong, in a sentence."""
        self._notices = notices
        self._now = now

    async def records(self, state: State) -> AsyncIterator[list[Record]]:
        """All records that have a body, a portion at a time; the chain is looked at meanwhile."""
        last = 1
        query = select(consent_log).order_by(consent_log.c.seq).limit(PORTION)
        while True:
            # A transaction each: a long one would keep every writer waiting, and nothing but a removed body can change.
            async with state.read() as connection:
                rows = (await connection.execute(query.where(consent_log.c.seq > self.seq))).all()
                last = (await connection.execute(select(func.max(consent_log.c.seq)))).scalar() or last
                counted = await _counted(connection)
            if not rows:
                break
            yield await asyncio.to_thread(self._look, rows)
            self.share = min(1.0, self.seq / last)
        if counted > self.seq:
            self._tell(f"The log ends with record {self.seq}, but there were {counted}: those at its end are missing.")

    def _look(self, rows: Sequence[Any]) -> list[Record]:
        found = []
        for row in rows:
            self._chained(row)
            body = self._read(row)
            if body is not None:
                self.kinds[body.kind] += 1
                found.append(Record(row.seq, bytes.fromhex(body.subject), body))
            self.seq, self.link = row.seq, bytes(row.link)
        return found

    def _chained(self, row: Any) -> None:
        if bytes(row.previous) != self.link:
            before = f"record {self.seq}" if self.seq else "the log's beginning"
            self._tell(f"{_named(row)} does not follow {before}: a record between them was removed, added or moved.")
        elif bytes(row.link) != link(bytes(row.previous), bytes(row.body_hash)):
            self._tell(f"{_named(row)} has a link that does not follow from its body's hash.")

    def _read(self, row: Any) -> Body | None:
        """The body, where there is one that can be read; what is wrong with it is told."""
        if row.body is None:
            self.removed += 1
            if row.subject is not None or not over(row.recorded_at, LEAST_LOG_MONTHS, self._now):
                self._tell(f"{_named(row)} has lost its body before its time was over.")
            return None
        if hashlib.sha256(str(row.body).encode()).digest() != bytes(row.body_hash):
            self._tell(f"{_named(row)} has a body that was altered: it does not have the hash that the chain holds.")
        try:
            body = msgspec.json.decode(row.body, type=Body)
            told = self._false(row, body)
            readable = len(bytes.fromhex(body.subject)) == SUBJECT_BYTES
        except (msgspec.DecodeError, TypeError, ValueError):
            readable, told = False, ""
        if told:
            self._tell(f"{_named(row)} {told}.")
        if not readable:
            self._tell(f"{_named(row)} has a body that cannot be read.")
            return None
        return body

    def _false(self, row: Any, body: Body) -> str:
        """What a body says that cannot be; nothing where all is well."""
        if row.subject is None or body.subject != bytes(row.subject).hex():
            return "lies under another subject than its body names"
        if seconds(body.at) != row.recorded_at:
            return "lies at another time than its body names"
        if body.kind not in KINDS:
            return "is of no kind that the log knows"
        if body.kind not in CONSENTS:
            return ""
        terms = self._notices.get(body.notice)
        if terms is None or terms.site != body.site:
            return f"names a notice that {body.site} has never published"
        if not terms.purposes.issuperset(body.purposes) or "measure" not in body.purposes:
            return "holds purposes that its notice does not offer"
        return "" if body.until > row.recorded_at else "ran out before it began"

    def _tell(self, sentence: str) -> None:
        self.problem = self.problem or sentence


def over(ended: int, months: int, now: int) -> bool:
    """Whether so many months have passed since (Unix seconds), in every time zone: a row expires by its site's own."""
    day, today = (datetime.fromtimestamp(at, UTC).date() for at in (ended, now))
    return months_after(day, months) < today


async def link_of(state: State, seq: int) -> bytes:
    """The link of one record, for a head that was deposited; FIRST for none, nothing where the record is missing."""
    if seq == 0:
        return FIRST
    async with state.read() as connection:
        found = (await connection.execute(select(consent_log.c.link).where(consent_log.c.seq == seq))).scalar()
    return bytes(found) if found is not None else b""


async def last_link(state: State) -> tuple[int, bytes]:
    """The number and the link of the last record; 0 and FIRST where there is none."""
    query = select(consent_log.c.seq, consent_log.c.link).order_by(consent_log.c.seq.desc()).limit(1)
    async with state.read() as connection:
        row = (await connection.execute(query)).first()
    return (0, FIRST) if row is None else (row.seq, bytes(row.link))


async def _counted(connection: AsyncConnection) -> int:
    """How far SQLite has counted (AUTOINCREMENT); another database's sequence may skip numbers, so it tells nothing."""
    if connection.dialect.name != "sqlite":
        return 0
    counted = text("SELECT seq FROM sqlite_sequence WHERE name = 'consent_log'")
    return int((await connection.execute(counted)).scalar() or 0)


def _named(row: Any) -> str:
    return f"Record {row.seq} of {iso(row.recorded_at)}"
