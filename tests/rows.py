"""Batches and erasures for tests of the way from spool to store."""

import json
import os
import time
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from collector.batch import Batch
from collector.store.erasures import Narrowing

SUBJECT = bytes(range(16))


def line(subject: bytes = SUBJECT, **columns: Any) -> bytes:
    """One row of `event` as the collector writes it."""
    row = {
        "site": "example.com",
        "host": "www.example.com",
        "occurred_at": "2025-03-01 12:00:00",
        "kind": "pageview",
        "nth": 0,
        "visit": 1,
        "subject": str(uuid.UUID(bytes=subject)),
        "notice": "a" * 64,
        "path": "/",
        "country": "DE",
        "browser": "Firefox",
        "browser_major": 140,
        "os": "Linux",
        "device": "desktop",
    }
    return json.dumps(row | columns).encode() + b"\n"


def batch(*lines: bytes, subject: bytes = SUBJECT, **fields: Any) -> Batch:
    """One batch with a nonce of its own; without lines, of one pageview."""
    now = int(time.time())
    values: dict[str, Any] = {"nonce": os.urandom(16), "issued": now - 100, "received": now} | fields
    return Batch(subject=subject, lines=b"".join(lines or (line(subject),)), **values)


class Known:
    """Erasures as a process holds them; a test changes them directly."""

    def __init__(self) -> None:
        self.dead: set[bytes] = set()
        self.narrow: dict[bytes, Narrowing] = {}
        self.reachable = True

    async def refresh(self) -> None:
        """Fails while the state database cannot be reached."""
        if not self.reachable:
            raise RuntimeError("the state database cannot be reached")

    def tombstones(self) -> Collection[bytes]:
        """The subjects that are gone."""
        return self.dead

    def narrowings(self) -> Mapping[bytes, Narrowing]:
        """The subjects that narrowed their purposes."""
        return self.narrow
