"""The consent log as a stream that a third party can check alone: keys, notices, records in order, the signed head.

Of records that were not asked for, the hash of the body stands for the body, so every export holds the whole chain.
docs/proof.md says how to check it.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from sqlalchemy import select

from collector import __version__
from collector.consent.chain import PORTION
from collector.consent.head import Head, jws_of
from collector.consent.keys import Keys
from collector.consent.record import FIRST, Body, iso
from collector.state.database import State
from collector.state.tables import consent_log, notice

FORMAT = 1


class Wanted(msgspec.Struct, frozen=True):
    """Whose bodies are exported: those of a site (empty: all), recorded from `start` to before `end` (Unix seconds)."""

    site: str = ""
    start: int = 0
    end: int = 2**53

    def holds(self, body: Body, recorded_at: int) -> bool:
        """Whether a record is among them."""
        return self.site in ("", body.site) and self.start <= recorded_at < self.end


async def lines(state: State, keys: Keys, wanted: Wanted, now: int) -> AsyncIterator[dict[str, Any]]:
    """The lines of an export, in their order; each an object with one member that says what it is."""
    about = {"byleave": __version__, "format": FORMAT, "at": iso(now), "site": wanted.site or None}
    yield {"export": about}
    yield {"keys": keys.public}
    async with state.read() as connection:
        notices = (await connection.execute(select(notice).order_by(notice.c.seq))).all()
    for row in notices:
        if wanted.site in ("", row.site):
            yield {"notice": {"id": row.id, "site": row.site, "body": row.body}}
    seq, link = 0, FIRST
    query = select(consent_log).order_by(consent_log.c.seq).limit(PORTION)
    while True:
        async with state.read() as connection:
            rows = (await connection.execute(query.where(consent_log.c.seq > seq))).all()
        if not rows:
            break
        for row in rows:
            yield {"record": _record(row, wanted)}
        seq, link = rows[-1].seq, bytes(rows[-1].link)
    yield {"head": jws_of(keys, Head(seq, link.hex(), iso(now)))}


def _record(row: Any, wanted: Wanted) -> dict[str, Any]:
    """A record as exported; its body is a text, for the hash is over exactly these bytes."""
    known = {"sequence": row.seq, "hash": bytes(row.body_hash).hex(), "body": None}
    if row.body is None:
        return known | {"without": "its time is over"}
    with contextlib.suppress(msgspec.DecodeError, TypeError):  # one that cannot be read is shown to whoever checks
        if not wanted.holds(msgspec.json.decode(row.body, type=Body), row.recorded_at):
            return known | {"without": "not asked for"}
    return known | {"body": str(row.body)}
