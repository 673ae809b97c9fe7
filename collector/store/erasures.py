"""What the store must forget, as the state database knows it."""

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec


class Narrowing(msgspec.Struct, frozen=True):
    """One subject's purposes became fewer: its tokens issued before `at` no longer cover more than `kept`."""

    kept: frozenset[str]
    """The purposes that stay: `measure`, `returning`, `ads`."""
    at: int
    """Unix seconds."""


class Erasures(Protocol):
    """Tombstones and narrowings, held in memory and followed from the state database."""

    async def refresh(self) -> None:
        """Catch up with the state database now. Raises when it cannot: then nothing may be loaded."""

    def tombstones(self) -> Collection[bytes]:
        """The withdrawn and erased subjects (16 bytes each), for ever; `in` is fast."""

    def narrowings(self) -> Mapping[bytes, Narrowing]:
        """The narrowed subjects (16 bytes each)."""
