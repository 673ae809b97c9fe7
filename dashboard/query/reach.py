"""From when to when the events lie that a statement over a period may need, and how its visits are best read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

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
    unsettled: bool
    """Whether any visit of the site is not settled."""
    unsettled_here: int
    """How many of those the period touches."""
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


class _Snapshot:
    """What was found in a snapshot that is open: a page asks many questions of one."""

    def __init__(self) -> None:
        self.stale: Params | None = None
        """Between when the events of visits lie that are not settled; None before anybody looked, NULLs for none."""
        self.reaches: dict[tuple[Any, Any], Reach] = {}


_open: WeakKeyDictionary[Snapshot, _Snapshot] = WeakKeyDictionary()


async def reach(snapshot: Snapshot, params: Mapping[str, Any]) -> Reach:
    """The reach of the period that `params` bind; all questions to one snapshot are about one site.

    Where visits are not settled they are worked out here, once for every statement that reads this snapshot.
    """
    known = _open.setdefault(snapshot, _Snapshot())
    if known.stale is None:
        known.stale = await _stale(snapshot, params)
    period = params["start"], params["end"]
    if period not in known.reaches:
        known.reaches[period] = await _reach(snapshot, params, known.stale)
    return known.reaches[period]


async def _stale(snapshot: Snapshot, params: Mapping[str, Any]) -> Params:
    ((any_,),) = await snapshot.fetch(SQL["changed"], used(SQL["changed"], params))
    if not any_:
        return {"stale_first": None, "stale_last": None}
    await snapshot.fetch(SQL["unsettled"], used(SQL["unsettled"], params))
    ((first, last),) = await snapshot.fetch(SQL["unsettled_span"])
    stale = {"stale_first": first, "stale_last": last}
    await snapshot.fetch(WORK_OUT, used(WORK_OUT, {**params, **stale}))
    return stale


async def _reach(snapshot: Snapshot, params: Mapping[str, Any], stale: Params) -> Reach:
    unsettled = stale["stale_first"] is not None
    sql = fill(SQL["reach"], {"unsettled": SQL["unsettled_here"] if unsettled else ""})
    ((first, last, over_start, over_end, here, around),) = await snapshot.fetch(sql, used(sql, params))
    bounds = {"reach_first": first, "reach_last": last, "over_start": over_start, "over_end": over_end}
    return Reach(stale | bounds, unsettled, here, around)
