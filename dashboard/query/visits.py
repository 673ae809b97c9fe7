"""`GET /api/v1/visits`: recent visits, one line each, coarse by design."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.store.interface import Store
from dashboard.query.bad_query import check_range
from dashboard.query.filters import FilterSql
from dashboard.query.nodes import read_key
from dashboard.query.period import Period, load_zone
from dashboard.query.plan import NODE_KEY, SQL, below_k, kept_visits, period_params
from dashboard.query.reach import reach
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill, used

_DAYS = 30  # k subjects must have taken a step in visits that began within, for it to be named
MOST = 200
DEFAULT = 50


async def recent_visits(store: Store, site: SiteFacts, now: datetime, limit: int = DEFAULT) -> list[dict[str, Any]]:
    """The latest visits of the 30 days before `now` (aware), the latest first; at most 200. Raises BadQuery.

    Each has its `hour` (ISO 8601, the site's clock), `source`, `country`, `browser`, `device` and `steps`: a list of
    `{"kind", "label"}`, consecutive repeats collapsed. A step that fewer than k subjects took is
    `{"kind": "other", "label": "…"}`. Nothing links a line to another.
    """
    check_range("limit", limit, 1, MOST)
    zone = await asyncio.to_thread(load_zone, site.timezone)
    end = now.astimezone(UTC).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
    period = Period(end - timedelta(days=_DAYS), end)
    slots = {
        "visits": ",\n".join(kept_visits(FilterSql([]), frozenset(), {}, site.k)),
        "rare": below_k("rare", "id", "taken", "true"),
        "key": fill(NODE_KEY, {"page": "e.path"}),
    }
    sql = fill(SQL["recent_visits"], slots)
    params = period_params(site, period, zone) | {"limit": limit}
    async with store.snapshot() as snapshot:
        reached = await reach(snapshot, params)
        fitted = reached.fit(sql, all_time=False)
        rows = await snapshot.fetch(fitted, used(fitted, params | reached.params))
    return [
        {
            "hour": began.replace(tzinfo=UTC).astimezone(zone).replace(minute=0, second=0).isoformat(),
            "source": source,
            "country": country,
            "browser": browser,
            "device": device,
            "steps": [_step(key) for key in keys],
        }
        for began, source, country, browser, device, keys in rows
    ]


def _step(key: str | None) -> dict[str, str]:
    if key is None:
        return {"kind": "other", "label": "…"}
    node = read_key(key)
    return {"kind": node.kind, "label": node.label}
