"""Doing erasures again that a restored state does not know: from the erasure log that was copied off the machine."""

from collections.abc import Collection
from pathlib import Path

import msgspec
from sqlalchemy import insert, select

from collector.consent import record
from collector.state.database import State
from collector.state.tables import tombstone


class ErasureLogError(Exception):
    """The erasure log cannot be used; the message says what to do."""


class Burial(msgspec.Struct, frozen=True):
    """One line of the log: who was erased, of which site, and when (ISO 8601, UTC)."""

    subject: str
    site: str
    at: str


def read_log(path: Path) -> tuple[list[Burial], int]:
    """The lines of an erasure log, and how many could not be read. Raises ErasureLogError where it is none.

    A crash leaves a torn line, which is written anew behind it; more than that has been cut off or damaged.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ErasureLogError(
            f"Cannot read {path}: {error.strerror}. Give the erasures.ndjson of the server."
        ) from None
    found = [burial for line in lines if (burial := _burial(line))]
    torn = sum(bool(line.strip()) for line in lines) - len(found)
    if torn and not found:
        raise ErasureLogError(f"{path} is no erasure log. Give the erasures.ndjson that was copied off the server.")
    return found, torn


async def bury(state: State, burials: Collection[Burial]) -> int:
    """A tombstone and a `withdrawn` record for each that is not known yet, in one transaction; returns how many."""
    async with state.write() as connection:
        rows = await connection.execute(select(tombstone.c.subject))
        known = {bytes(subject).hex() for (subject,) in rows}
        missing = {burial.subject: burial for burial in burials if burial.subject not in known}
        for burial in missing.values():
            subject, at = bytes.fromhex(burial.subject), record.seconds(burial.at)
            grave = {"subject": subject, "site": burial.site, "buried_at": at}
            await connection.execute(insert(tombstone).values(grave))
            await record.append(connection, "withdrawn", subject, at, site=burial.site)
    return len(missing)


async def unknown_to(state: State, burials: Collection[Burial]) -> int:
    """How many tombstones of the state the log lacks: a log that lacks any is older than the state."""
    async with state.read() as connection:
        rows = await connection.execute(select(tombstone.c.subject))
        return len({bytes(subject).hex() for (subject,) in rows} - {burial.subject for burial in burials})


def _burial(line: bytes) -> Burial | None:
    try:
        burial = msgspec.json.decode(line, type=Burial)
        if len(bytes.fromhex(burial.subject)) != 16 or not record.seconds(burial.at):
            return None
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        return None
    return burial
