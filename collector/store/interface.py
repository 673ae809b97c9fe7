"""What the rest of the house may ask of the event store; nothing else knows which engine answers."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

Row = tuple[Any, ...]


class Size(NamedTuple):
    """What the store takes on disk, everything derived and its write-ahead log included, and the events it holds."""

    bytes: int
    rows: int


class Snapshot(Protocol):
    """One consistent view of the store: every query made through it sees the same rows."""

    async def fetch(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """All rows of one statement; parameters are bound by name (`$name`). The event loop is never blocked."""


class Store(Protocol):
    """The event store as its readers see it."""

    @property
    def complete_to(self) -> datetime:
        """Aware UTC time up to which every acknowledged event is in the reports."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A read transaction; reports that belong together share one."""


class SizedStore(Store, Protocol):
    """A store whose files can be looked at."""

    async def size(self) -> Size:
        """How large it is now, over all sites."""
