"""The erasure log: one line a tombstone, appended durably, meant to be copied off the machine.

A restored backup is older than the erasures that followed it; this file lets them be done again. Every append looks
for tombstones that are not in it yet, so that one which a full disk or a crash kept out is not lost for good.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from sqlalchemy import select

from collector.consent.record import iso
from collector.state.database import State
from collector.state.tables import tombstone

FILE = "erasures.ndjson"


class _Line(msgspec.Struct):
    subject: str
    site: str
    at: str


class ErasureLog:
    """The erasure log of one data directory, as one process writes it; others may write it too."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._known: set[str] = set()
        self._read_to = 0

    async def catch_up(self, state: State) -> None:
        """Append every tombstone that is not in the file; returns when they are on the disk. Raises OSError."""
        async with state.read() as connection:
            found = (await connection.execute(select(tombstone).order_by(tombstone.c.seq))).all()
        lines = [_Line(bytes(row.subject).hex(), row.site, iso(row.buried_at)) for row in found]
        await asyncio.to_thread(self._append, lines)

    def _append(self, lines: Iterable[_Line]) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            torn = self._read(handle)
            missing = [line for line in lines if line.subject not in self._known]
            if missing or torn:
                text = b"".join(msgspec.json.encode(line) + b"\n" for line in missing)
                _write(handle, b"\n" + text if torn else text)
                os.fsync(handle)
        finally:
            os.close(handle)

    def _read(self, handle: int) -> bool:
        """Learn what was appended since; whether the last line is torn, as a crash leaves it."""
        size = os.fstat(handle).st_size
        if size < self._read_to:  # moved away after it was copied off: everything is written anew
            self._known.clear()
            self._read_to = 0
        whole, mark, torn = os.pread(handle, size - self._read_to, self._read_to).rpartition(b"\n")
        for line in whole.splitlines():
            try:
                self._known.add(msgspec.json.decode(line, type=_Line).subject)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # torn by a crash; its tombstone is among the missing
        self._read_to += len(whole) + len(mark)
        return bool(torn)


def _write(handle: int, text: bytes) -> None:
    while text:
        text = text[os.write(handle, text) :]
