"""The erasure log: one line a tombstone, appended durably, meant to be copied off the machine.

A restored backup is older than the erasures that followed it; this file lets them be done again. Every append looks
for tombstones that are not in it yet, so that one which a full disk or a crash kept out is not lost for good.
"""

import asyncio
import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from collector.consent.record import iso
from collector.state.database import State
from collector.state.tables import tombstone

FILE = "erasures.ndjson"
PORTION = 5_000
"""Tombstones looked at in one go, some 50 ms: all of many would keep the event loop for seconds."""


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
        self._seq = 0
        """The last tombstone of which it is known that it and all before it are in the file."""
        self._turn = asyncio.Lock()

    async def catch_up(self, state: State) -> None:
        """Append every tombstone that is not in the file; returns when they are on the disk. Raises OSError."""
        query = select(tombstone).order_by(tombstone.c.seq).limit(PORTION)
        async with self._turn:
            looked = PORTION
            while looked == PORTION:
                async with state.read() as connection:
                    rows = (await connection.execute(query.where(tombstone.c.seq > self._seq))).all()
                if await asyncio.to_thread(self._append, rows):
                    looked = len(rows)
                    self._seq = rows[-1].seq if rows else self._seq
                else:
                    self._seq = 0

    def _append(self, rows: Sequence[Any]) -> bool:
        """Append what is missing of these; False, and nothing is, where earlier ones are gone from the file."""
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if self._forget_cut(handle) and self._seq:
                return False
            torn = self._read(handle)
            lines = [_Line(bytes(row.subject).hex(), row.site, iso(row.buried_at)) for row in rows]
            missing = [line for line in lines if line.subject not in self._known]
            if missing or torn:
                text = b"".join(msgspec.json.encode(line) + b"\n" for line in missing)
                _write(handle, b"\n" + text if torn else text)
                os.fsync(handle)
                self._read(handle)
            return True
        finally:
            os.close(handle)

    def _forget_cut(self, handle: int) -> bool:
        """Whether the file is shorter than it was, as when it was moved after a copy: then all is written anew."""
        if os.fstat(handle).st_size >= self._read_to:
            return False
        self._known.clear()
        self._read_to = 0
        return True

    def _read(self, handle: int) -> bool:
        """Learn what was appended since; whether the last line is torn, as a crash leaves it."""
        size = os.fstat(handle).st_size
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
