"""What the store must forget, as the state database knows it."""

from collections.abc import Collection, Mapping
from typing import Protocol, Self

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


class Forgetful(Protocol):
    """A store from which rows can be taken; both return how many it were."""

    async def drop_subjects(self, subjects: Collection[bytes]) -> int:
        """Delete the rows of subjects."""

    async def narrow(self, narrowings: Mapping[bytes, Narrowing]) -> int:
        """Take from stored rows what a narrower consent no longer covers."""


class Applied:
    """Which erasures were applied to the rows of an open generation; they only ever become more."""

    def __init__(self) -> None:
        self.dropped: set[bytes] = set()
        self.narrowed: dict[bytes, Narrowing] = {}

    def copy(self) -> Self:
        """The same for a copy of the generation."""
        same = type(self)()
        same.dropped, same.narrowed = set(self.dropped), dict(self.narrowed)
        return same

    def covers(self, other: "Applied") -> bool:
        """Whether all that was applied to the generation this one is a copy of was applied here, too."""
        return len(other.dropped) == len(self.dropped) and other.narrowed == self.narrowed

    async def apply(
        self, store: Forgetful, tombstones: Collection[bytes], narrowings: Mapping[bytes, Narrowing]
    ) -> int:
        """Apply what is new among all that there are. Returns rows."""
        rows = 0
        if len(tombstones) != len(self.dropped):
            fresh = set(tombstones) - self.dropped
            rows += await store.drop_subjects(fresh)
            self.dropped |= fresh
        current = dict(narrowings)
        newer = {subject: to for subject, to in current.items() if self.narrowed.get(subject) != to}
        if newer:
            rows += await store.narrow(newer)
            self.narrowed = current
        return rows
