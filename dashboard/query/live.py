"""`GET /api/v1/live`: what happens on a site right now."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.store.interface import Store
from dashboard.query.statement import read_sql

_SQL = read_sql(Path(__file__).parent / "sql")["live"]
_MINUTES = 30


async def live(store: Store, site: str, now: datetime) -> dict[str, Any]:
    """`visits`: with a pageview, click or event in the five minutes before `now` (aware).

    `pageviews`: how many in each of the thirty minutes before `now`, the last one last.
    """
    moment = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    params = {
        "site": site,
        "now": moment,
        "five_before": moment - timedelta(minutes=5),
        "thirty_before": moment - timedelta(minutes=_MINUTES),
    }
    async with store.snapshot() as snapshot:
        ((visits, ages),) = await snapshot.fetch(_SQL, params)
    views = Counter(ages or [])
    return {"visits": visits, "pageviews": [views[age] for age in reversed(range(_MINUTES))]}
