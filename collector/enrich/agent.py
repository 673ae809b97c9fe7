"""What a User-Agent header tells, asked once of each: whether a person's browser sent it, and which."""

from collector.enrich.bots import is_bot
from collector.enrich.device import Device, device_of
from collector.enrich.memo import Memo

HELD = 10_000  # agents in memory, ~0.3 KB each


def _read(header: bytes) -> Device | None:
    text = header.decode("utf-8", "replace")
    return None if is_bot(text) else device_of(text)


_KNOWN: Memo[bytes, Device | None] = Memo(_read, HELD)


def device_of_person(header: bytes) -> Device | None:
    """The device behind a User-Agent header; None for a program. Never raises; the header is not held."""
    return _KNOWN(header)
