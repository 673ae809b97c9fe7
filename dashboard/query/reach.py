"""From when to when the events lie that a statement over a period may need."""

from collections.abc import Mapping
from typing import Any

from collector.store.interface import Snapshot
from dashboard.query.plan import SQL
from dashboard.query.statement import Params, used


async def reach(snapshot: Snapshot, params: Mapping[str, Any]) -> Params:
    """The bounds of the events to read, to be bound beside the `params` of a period.

    A visit of the period may have events long before and after it; how far, the store knows. The engine skips what lies
    beyond only where the bounds are plain values, hence a statement of its own. Empty bounds (NULL) hold no event.
    """
    names = ("stale_first", "stale_last", "reach_first", "reach_last")
    ((*bounds,),) = await snapshot.fetch(SQL["reach"], used(SQL["reach"], params))
    return dict(zip(names, bounds, strict=True))
