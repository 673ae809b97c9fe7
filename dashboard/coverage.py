"""`GET /api/v1/coverage`: how many of those who were asked said yes; for nobody else does any report speak.

`asks` counts the fetches of the banner's texts, `yes` the records of a yes given in that banner, first ones and later
ones (after a material notice, or when a visitor chose anew). Nothing is extrapolated: an ask without a yes may be a no,
a page left open or one closed at once.
"""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select

from collector.state.database import State
from collector.state.tables import ask
from dashboard.query.period import LocalRange


class Coverage(msgspec.Struct, frozen=True):
    """The asks and yeses of some days; `share` is 0 to 1, or null with the reason `why`.

    `cmp`: the site asked by itself at some time of the range, and nobody counts its asks. `none`: nobody was asked.
    """

    asks: int
    yes: int
    share: float | None
    why: Literal["cmp", "none"] | None


async def coverage(state: State, site: str, days: LocalRange, zone: ZoneInfo) -> Coverage:
    """The coverage of a range. Raises BadQuery when it ends before it starts.

    Hours are UTC hours; one that two local days share counts where it begins.
    """
    period = days.period(zone)
    sums = select(func.sum(ask.c.asks), func.sum(ask.c.yes), func.sum(ask.c.elsewhere)).where(
        ask.c.site == site, ask.c.hour >= _seconds(period.start), ask.c.hour < _seconds(period.end)
    )
    async with state.read() as connection:
        asks, yes, elsewhere = (int(found or 0) for found in (await connection.execute(sums)).one())
    if elsewhere:
        return Coverage(asks, yes, None, "cmp")
    if not asks:
        return Coverage(asks, yes, None, "none")
    # Asked before midnight, answered after it: of few asks there may be more yeses.
    return Coverage(asks, yes, min(1.0, yes / asks), None)


def _seconds(naive: datetime) -> int:
    return int(naive.replace(tzinfo=UTC).timestamp())
