"""`GET /api/v1/totals`: what stays of the days whose rows have expired."""

from itertools import groupby
from typing import Any

from collector.store.interface import Store
from dashboard.query.bad_query import BadQuery
from dashboard.query.period import parse_range
from dashboard.query.plan import SQL
from dashboard.query.site import SiteFacts

FIRST, LAST = "1970-01-01", "2999-12-31"
"""Without `from` or `to` every day is meant."""
_LISTS = {"channel": "channels", "country": "countries"}


async def totals(store: Store, site: SiteFacts, first: str, last: str) -> list[dict[str, Any]]:
    """Per local day, both ends included: `visits` that began on it, `pageviews` of these, both by channel and country.

    The name "" stands for those of too few people to be named. Days without totals are left out: their rows are still
    there, or fewer than k people came. Raises BadQuery.
    """
    asked = parse_range(first, last)
    if not asked.whole_days:
        raise BadQuery("from", "Give whole days, such as 2026-10-01.")
    params = {"site": site.name, "first": asked.first, "last": asked.last}
    async with store.snapshot() as snapshot:
        rows = await snapshot.fetch(SQL["totals"], params)
    days = []
    for day, some in groupby(rows, lambda row: row[0]):
        told: dict[str, Any] = {"day": day.isoformat(), "visits": 0, "pageviews": 0, "channels": [], "countries": []}
        for _, dimension, name, visits, pageviews in some:
            numbers = {"visits": visits, "pageviews": pageviews}
            if dimension:
                told[_LISTS[dimension]].append({"name": name, **numbers})
            else:
                told |= numbers
        days.append(told)
    return days
