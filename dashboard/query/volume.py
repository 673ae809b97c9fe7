"""`GET /api/v1/volume`: when a site is busy and whether it grows, to plan its capacity."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collector.store.interface import Store
from dashboard.query.period import LocalRange, load_zone
from dashboard.query.plan import SQL
from dashboard.query.site import SiteFacts

_DAYS = 28  # whole weeks, so that every hour of the week counts the same number of times
_HOURS = 168


def days_before(today: date) -> LocalRange:
    """The days that volume is about."""
    return LocalRange(today - timedelta(days=_DAYS), today - timedelta(days=1))


async def volume(store: Store, site: SiteFacts, now: datetime) -> dict[str, Any]:
    """Pageviews of the 28 local days before the day of `now` (aware).

    `hour_of_week`: 168 sums, 0 = Monday 00. `busiest_minute`, `busiest_hour`: `{"at", "pageviews"}` (ISO 8601, the
    site's clock), or null without any. `growth`: the change against the 28 days before (0.5 is half as much again), or
    null if there were none.
    """
    zone = await asyncio.to_thread(load_zone, site.timezone)
    today = now.astimezone(zone).date()
    later = days_before(today)
    period, before = later.period(zone), later.before(zone).period(zone)
    params = {"site": site.name, "start": before.start, "half": period.start, "end": period.end}
    async with store.snapshot() as snapshot:
        rows = await snapshot.fetch(SQL["volume"], params)
    busiest: dict[str, Any] | None = None
    weekly: Counter[int] = Counter()
    hourly: Counter[datetime] = Counter()
    earlier = 0
    for row, began, pageviews in rows:
        local = began.replace(tzinfo=UTC).astimezone(zone)
        if row == "minute":
            busiest = {"at": local.isoformat(), "pageviews": pageviews}
        elif began < period.start:
            earlier += pageviews
        else:
            weekly[local.weekday() * 24 + local.hour] += pageviews
            hourly[began - timedelta(minutes=local.minute)] += pageviews
    return {
        "hour_of_week": [weekly[hour] for hour in range(_HOURS)],
        "busiest_minute": busiest,
        "busiest_hour": _busiest_hour(hourly, zone),
        "growth": weekly.total() / earlier - 1 if earlier else None,
    }


def _busiest_hour(hourly: Counter[datetime], zone: ZoneInfo) -> dict[str, Any] | None:
    if not hourly:
        return None
    began, pageviews = min(hourly.items(), key=lambda item: (-item[1], item[0]))
    return {"at": began.replace(tzinfo=UTC).astimezone(zone).isoformat(), "pageviews": pageviews}
