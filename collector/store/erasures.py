"""What the store must forget, as the state database knows it."""

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec


class Narrowing(msgspec.Struct, frozen=True):
    """When one subject last took back each purpose; what was taken back at several times is remembered for each."""

    withdrawn: dict[str, int]
    """Purpose (`returning`, `ads`) to Unix seconds: tokens issued before do not cover it any more, later ones may."""


class Erasures(Protocol):
    """Tombstones and narrowings, held in memory and followed from the state database."""

    async def refresh(self) -> None:
        """Catch up with the state database now. Raises when it cannot: then nothing may be loaded."""

    def tombstones(self) -> Collection[bytes]:
        """The withdrawn and erased subjects (16 bytes each), for ever; `in` is fast."""

    def narrowings(self) -> Mapping[bytes, Narrowing]:
        """The narrowed subjects (16 bytes each)."""
