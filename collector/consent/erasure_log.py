"""The erasure log: one line a tombstone, appended durably, meant to be copied off the machine.

A restored backup is older than the erasures that followed it; this file lets them be done again.
"""

import asyncio
import os
from pathlib import Path

import msgspec

from collector.consent.record import iso

FILE = "erasures.ndjson"


async def append(data: Path, subject: bytes, site: str, now: int) -> None:
    """Append one tombstone; returns when it is on the disk."""
    line = msgspec.json.encode({"subject": subject.hex(), "site": site, "at": iso(now)}) + b"\n"
    await asyncio.to_thread(_append, data / FILE, line)


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
