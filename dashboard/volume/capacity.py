"""What a site asks of the server: requests a second at its peak, and bytes on disk.

Reckoned from what was stored, so it speaks of those who said yes; nobody else's pageviews make a request.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import select

from collector.state.database import State
from collector.state.tables import ask
from collector.store.interface import SizedStore
from dashboard.query.period import LocalRange, load_zone
from dashboard.query.plan import SQL
from dashboard.query.site import SiteFacts

DAYS = 28
YEAR = 365
_MINUTE, _HOUR = 60, 3600


class Peak(msgspec.Struct, frozen=True):
    """The minute with the most events, of every kind.

    `at`: ISO 8601, the site's clock. `asks`: fetches of the banner's texts in its UTC hour, which are not known finer.
    `requests_per_second`: (events + asks ÷ 60) ÷ 60, at least: within the minute some second had more.
    """

    at: str
    events: int
    asks: int
    requests_per_second: float


class Disk(msgspec.Struct, frozen=True):
    """What the site's events take: their number a day × what an event takes in the store as it is now, all included."""

    bytes_per_event: float
    bytes_per_day: float
    bytes_per_year: float
    store_bytes: int
    store_events: int


class Capacity(msgspec.Struct, frozen=True):
    """Of the 28 local days before today; `peak` is null without an event, `disk` while the store holds none."""

    events: int
    events_per_day: float
    peak: Peak | None
    disk: Disk | None


async def capacity(store: SizedStore, state: State, site: SiteFacts, now: datetime) -> Capacity:
    """What the site asks of the server, reckoned from its last 28 local days before the day of `now` (aware)."""
    zone = await asyncio.to_thread(load_zone, site.timezone)
    today = now.astimezone(zone).date()
    period = LocalRange(today - timedelta(days=DAYS), today - timedelta(days=1)).period(zone)
    params = {"site": site.name, "start": period.start, "end": period.end}
    async with store.snapshot() as snapshot:
        rows = await snapshot.fetch(SQL["capacity"], params)
    size = await store.size()
    if not rows:
        return Capacity(0, 0.0, None, _disk(size.bytes, size.rows, 0.0))
    total, minute, events = rows[0]
    began = minute.replace(tzinfo=UTC)
    asks = await _asks(state, site.name, int(began.timestamp()) // _HOUR * _HOUR)
    peak = Peak(began.astimezone(zone).isoformat(), events, asks, (events + asks / _MINUTE) / _MINUTE)
    return Capacity(total, total / DAYS, peak, _disk(size.bytes, size.rows, total / DAYS))


def _disk(size: int, rows: int, a_day: float) -> Disk | None:
    if not rows:
        return None
    each = size / rows
    return Disk(each, each * a_day, each * a_day * YEAR, size, rows)


async def _asks(state: State, site: str, hour: int) -> int:
    query = select(ask.c.asks).where(ask.c.site == site, ask.c.hour == hour)
    async with state.read() as connection:
        return int((await connection.execute(query)).scalar() or 0)
