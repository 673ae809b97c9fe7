"""`GET /api/v1/visits`: recent visits, one line each, coarse by design."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collector.store.interface import Store
from dashboard.query.bad_query import BadQuery, check_range
from dashboard.query.filters import Filter, FilterSql, check_filters
from dashboard.query.nodes import read_key
from dashboard.query.period import Period, load_zone
from dashboard.query.plan import NODE_KEY, SQL, below_k, kept_visits, period_params
from dashboard.query.reach import reach
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill, used

_DAYS = 30  # k subjects must have taken a step in visits that began within, for it to be named
MOST = 200
MOST_OFFSET = 10_000
DEFAULT = 50


async def recent_visits(
    store: Store, site: SiteFacts, now: datetime, limit: int = DEFAULT, filters: Sequence[Filter] = (), offset: int = 0
) -> list[dict[str, Any]]:
    """The latest visits of the 30 days before `now` (aware), the latest first; at most 200. Raises BadQuery.

    Each has its `hour` (ISO 8601, the site's clock), `source`, `country`, `browser`, `device` and `steps`: a list of
    `{"kind", "label"}`, consecutive repeats collapsed. A step that fewer than k subjects took is
    `{"kind": "other", "label": "…"}`. Nothing links a line to another. With filters there is no line at all where fewer
    than k subjects are behind what they keep: a filter on a step would else tell who took one that reads `…`.
    None at all where the site's notice says that single visits are not shown, and none collected under such a notice.
    """
    check_range("limit", limit, 1, MOST)
    check_range("offset", offset, 0, MOST_OFFSET)
    _check(filters)
    zone = await asyncio.to_thread(load_zone, site.timezone)
    end = now.astimezone(UTC).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
    period = Period(end - timedelta(days=_DAYS), end)
    if not site.visits_shown:
        return []
    told: list[Filter] = [("is_not", "notice", list(site.hidden_under))] if site.hidden_under else []
    chosen = FilterSql([*filters, *told])
    slots = {
        "visits": ",\n".join(kept_visits(chosen, chosen.names, {}, site.k)),
        "rare": below_k("rare", "id", "taken", "true"),
        "key": fill(NODE_KEY, {"page": "e.path"}),
        "enough": "(SELECT count(DISTINCT mark) FROM picked) >= $k" if filters else "true",
    }
    sql = fill(SQL["recent_visits"], slots)
    params = period_params(site, period, zone) | chosen.params | {"limit": limit, "offset": offset}
    async with store.snapshot() as snapshot:
        reached = await reach(snapshot, params)
        fitted = reached.fit(sql, all_time="returning" in chosen.names)
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


def read_visits(parameters: Mapping[str, str]) -> tuple[int, list[Filter], int]:
    """Limit, filters and offset of a URL's parameters; filters are JSON as in a query. Raises BadQuery."""
    limit, offset = (_whole(parameters, name, default) for name, default in (("limit", DEFAULT), ("offset", 0)))
    try:
        filters = msgspec.json.decode(parameters.get("filters", "[]").encode("utf-8", "replace"), type=list[Filter])
    except (msgspec.DecodeError, RecursionError):
        raise BadQuery("filters", 'Give JSON like [["is","country",["DE"]]].') from None
    return limit, filters, offset


def _whole(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadQuery(name, "Give a whole number.")
    return int(text)


def _check(filters: Sequence[Filter]) -> None:
    check_filters(filters)
    for number, (_, name, _) in enumerate(filters):
        if name == "city":
            raise BadQuery(f"filters[{number}][1]", "Visits are never told by their city; choose the country.", "city")


def _step(key: str | None) -> dict[str, str]:
    if key is None:
        return {"kind": "other", "label": "…"}
    node = read_key(key)
    return {"kind": node.kind, "label": node.label}
