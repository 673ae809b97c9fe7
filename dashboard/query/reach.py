"""From when to when the events lie that a statement over a period may need, and how its visits are best read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.store.interface import Snapshot
from collector.store.queries import STORED_VISITS, WORK_OUT
from dashboard.query.plan import SQL
from dashboard.query.statement import Params, fill, used


@dataclass(frozen=True)
class Reach:
    """What the store knows of the visits of one site and period."""

    params: Params
    """The bounds of the events to read, to be bound beside the parameters of the period.

    A visit of the period may have events long before and after it. The engine skips what lies beyond only where the
    bounds are plain values, hence a statement of its own. Empty bounds (NULL) hold no event.
    """
    unsettled: int
    """Visits of the site that are not settled."""
    unsettled_here: int
    """Those that the period touches."""
    around: int
    """Visits that begin before the period and end after it."""

    def fit(self, sql: str, all_time: bool) -> str:
        """The statement with its visits: those not settled are worked out only if it needs any.

        `all_time`: whether it asks for visits outside of the period.
        """
        unsettled = self.unsettled if all_time else self.unsettled_here
        slots = {
            "stored": (STORED_VISITS if unsettled else SQL["settled"]) + (SQL["through"] if self.around else ""),
            "inside": SQL["inside"] if self.around else "",
            "recognised": SQL["returning" if unsettled else "returning_settled"],
        }
        return fill(sql, slots)


async def reach(snapshot: Snapshot, params: Mapping[str, Any], *, first: bool = True) -> Reach:
    """The reach of the period that `params` bind.

    Where visits are not settled they are worked out here, once for every statement that reads this snapshot: with the
    `first` reach of the site that is found in it.
    """
    names = ("stale_first", "stale_last", "reach_first", "reach_last")
    ((*bounds, unsettled, here, around),) = await snapshot.fetch(SQL["reach"], used(SQL["reach"], params))
    reached = Reach(dict(zip(names, bounds, strict=True)), unsettled, here, around)
    if unsettled and first:
        await snapshot.fetch(WORK_OUT, used(WORK_OUT, {**params, **reached.params}))
    return reached
