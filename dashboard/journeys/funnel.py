"""Funnels: how many visits reach each step, and where those that drop out go next."""

import asyncio
from collections.abc import Sequence
from typing import Any

from collector.store.interface import Store
from dashboard.journeys.fold import LEFT, Column, Withheld, hold_column
from dashboard.journeys.request import FunnelRequest
from dashboard.journeys.route import SQL, Route, node_of, slots_of
from dashboard.query.period import load_zone
from dashboard.query.reach import reach
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill, used

Next = tuple[str, int, int]
"""Where visits went next: the node's key or `left`, visits, distinct subjects."""


async def run_funnel(request: FunnelRequest, store: Store, site: SiteFacts) -> dict[str, Any]:
    """The answer of `POST /api/v1/funnel`, ready for JSON.

    `visits`: all that the range and the filters hold. `steps`: the visits at each, their `share` of the first step's,
    and in `dropped` those that went no further (`visits`), split into the `next` nodes, `other` and `left`.
    Under a filter on the city a number of visits of fewer than k subjects reads 0 and is counted in `withheld`.
    """
    zone = await asyncio.to_thread(load_zone, site.timezone)
    route = Route(request, site, zone, request.steps)
    sql = _statement(request, route)
    async with store.snapshot() as snapshot:
        reached = await reach(snapshot, route.params)
        fitted = reached.fit(sql, route.all_time)
        rows = await snapshot.fetch(fitted, used(fitted, route.params | reached.params))
    return _Funnel(rows, len(request.steps), site.k, request.top, route.held).told()


def _statement(request: FunnelRequest, route: Route) -> str:
    count = len(request.steps)
    reached = [fill(SQL["reached_first"], {"later": "".join(f", hits_{number}" for number in range(1, count))})]
    for number in range(1, count):
        slots = {"number": str(number), "previous": str(number - 1)}
        reached.append(fill(SQL[f"reached_{request.mode}"], slots))
    stands = ", ".join(f"at_{number}" for number in range(count))
    slots = {
        "reached": ",\n".join(reached),
        "last": f"reached_{count - 1}",
        "stands": f"list_filter([{stands}], lambda spot: spot IS NOT NULL)",
    }
    return fill(SQL["funnel"], slots_of(route, slots))


class _Funnel:
    """The rows of one funnel. `held`: under a filter on the city nothing is told of fewer than k subjects."""

    def __init__(self, rows: Sequence[Sequence[Any]], count: int, k: int, top: int, held: bool) -> None:
        self._numbers = {(row, number): (visits, subjects) for row, number, _, visits, subjects in rows}
        self._next: list[list[Next]] = [
            [(row[2], row[3], row[4]) for row in rows if row[:2] == ("next", number)] for number in range(count)
        ]
        self._k, self._top, self._held = k, top, held
        self._withheld = Withheld()

    def told(self) -> dict[str, Any]:
        """The answer."""
        visits = self._number("visits", 0)
        reached = [self._number("reached", number) for number in range(len(self._next))]
        steps: list[dict[str, Any]] = [
            {"visits": count, "share": count / reached[0] if reached[0] else None} for count in reached
        ]
        for number, step in enumerate(steps[:-1]):
            step["dropped"] = self._dropped(number)
        return {"visits": visits, "steps": steps, "withheld": self._withheld.told()}

    def _number(self, row: str, number: int) -> int:
        visits, subjects = self._numbers.get((row, number), (0, 0))
        return visits if not self._held or self._withheld.keeps(visits, subjects, self._k) else 0

    def _dropped(self, number: int) -> dict[str, Any]:
        """Where dropped visits went next; what fewer than k subjects did, and what is beyond the top, is *other*."""
        dropped = self._number("dropped", number)
        went = self._next[number] if dropped else []
        left = next(((visits, subjects) for key, visits, subjects in went if key == LEFT), (0, 0))
        nodes = sorted((-visits, key, subjects) for key, visits, subjects in went if key != LEFT)
        named = {key: -visits for visits, key, subjects in [one for one in nodes if one[2] >= self._k][: self._top]}
        column = Column(named, sum(-visits for visits, _, _ in nodes) - sum(named.values()), len(nodes) - len(named))
        if self._held:
            others = max((subjects for _, key, subjects in nodes if key not in named), default=0)
            for key in hold_column(column, left, others, self._k):
                left = (0, 0) if key == LEFT else left
                column.join(key)
        return {
            "visits": dropped,
            "next": [node_of(key, number + 1, visits) for key, visits in column.nodes.items()],
            "other": {"visits": dropped - left[0] - sum(column.nodes.values()), "distinct": column.other_nodes},
            "left": left[0],
        }
