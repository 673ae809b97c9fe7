"""Sets of filters that a site's owners gave a name."""

import json
from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import saved_filters

NAME_MAX = 64  # characters
MOST = 100  # segments of one site


class SegmentError(ValueError):
    """A segment cannot be kept: `full` when the site has as many as it may, else it has no name or no filters."""

    def __init__(self, full: bool) -> None:
        super().__init__(f"at most {MOST} segments, with filters and a name of at most {NAME_MAX} printable characters")
        self.full = full


class Segment(msgspec.Struct, frozen=True):
    """One name, and its filters as an address carries them."""

    name: str
    filters: tuple[str, ...]


async def list_segments(connection: AsyncConnection, site: str) -> list[Segment]:
    """The segments of a site by name."""
    query = select(saved_filters).where(saved_filters.c.site == site).order_by(saved_filters.c.name)
    return [Segment(row.name, tuple(json.loads(row.filters))) for row in await connection.execute(query)]


async def keep_segment(connection: AsyncConnection, site: str, name: str, filters: Sequence[str]) -> None:
    """Keep filters under a name, in place of those it had. Raises SegmentError."""
    if not name or len(name) > NAME_MAX or not name.isprintable() or not filters:
        raise SegmentError(full=False)
    await remove_segment(connection, site, name)
    count = await connection.scalar(select(func.count()).where(saved_filters.c.site == site))
    if count is not None and count >= MOST:
        raise SegmentError(full=True)
    row = {"site": site, "name": name, "filters": json.dumps(list(filters), ensure_ascii=False)}
    await connection.execute(insert(saved_filters).values(**row))


async def remove_segment(connection: AsyncConnection, site: str, name: str) -> None:
    """Remove a segment; one that is gone already is no error."""
    there = (saved_filters.c.site == site) & (saved_filters.c.name == name)
    await connection.execute(delete(saved_filters).where(there))
