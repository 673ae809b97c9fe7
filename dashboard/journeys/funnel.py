"""Funnels: how many visits reach each step, and where those that drop out go next."""

import asyncio
from collections.abc import Sequence
from typing import Any

from collector.store.interface import Store
from dashboard.journeys.fold import LEFT, OTHER, Column, Withheld, hold_column, read_columns
from dashboard.journeys.request import FunnelRequest
from dashboard.journeys.route import SQL, Route, first_hit, node_of
from dashboard.query.period import load_zone
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill


async def run_funnel(request: FunnelRequest, store: Store, site: SiteFacts) -> dict[str, Any]:
    """The answer of `POST /api/v1/funnel`, ready for JSON.

    `visits`: all that the range and the filters hold. `steps`: the visits at each, their `share` of the first step's,
    and in `dropped` those that went no further (`visits`), split into the `next` nodes, `other` and `left`.
    Under a filter on the city a number of visits of fewer than k subjects reads 0 and is counted in `withheld`.
    """
    zone = await asyncio.to_thread(load_zone, site.timezone)
    route = Route(request, site, zone, request.steps)
    count = len(request.steps)
    async with store.snapshot() as snapshot:
        rows = await route.fetch(snapshot, _statement(request, route), {"steps": count})
    return _Funnel(rows, count, site.k, route.held).told()


def _statement(request: FunnelRequest, route: Route) -> str:
    count = len(request.steps)
    reached = []
    for number in range(count):
        slots = {
            "number": str(number),
            "previous": f"reached_{number - 1}" if number else "taken",
            "next": _after(f"spot_{number - 1}", route.repeats) if number else "1",
            "spot": _spot(number, request.mode == "strict" and number > 0, route.repeats),
        }
        reached.append(fill(SQL["reached"], slots))
    slots = {"classes": "reached, class", "parts": SQL["funnel_parts"]}
    # The next node after the last step is of no interest: nobody drops out there.
    following = ", ".join(f"next_{number}" for number in range(1, count))
    return fill(
        SQL["funnel"],
        {
            "visits": route.visits,
            "taken": route.taken,
            "reached": ",\n".join(reached),
            "last": f"reached_{count - 1}",
            "count": " + ".join(f"(spot_{number} IS NOT NULL)::INTEGER" for number in range(count)),
            "next": f"[{following}][reached]",
            "named": SQL["named"],
            "tally": fill(SQL["tally"], slots),
        },
    )


def _after(spot: str, repeats: bool) -> str:
    """SQL of where the next node begins; NULL if there is none."""
    if not repeats:
        return f"CASE WHEN {spot} < len(nodes) THEN {spot} + 1 END"
    return f"{spot} + list_position(list_transform(nodes[{spot} + 1:], lambda node: node <> nodes[{spot}]), true)"


def _spot(number: int, strict: bool, repeats: bool) -> str:
    """SQL of where the step is: from where the next node begins, if `strict` no further than that reaches."""
    begin = f"next_{number}"
    if strict and not repeats:
        return f"CASE WHEN hit_{number}[taken[{begin}]] THEN {begin} END"
    end = f"coalesce({_after(begin, repeats)} - 1, len(taken))" if strict else ""
    return f"{begin} - 1 + {first_hit(number, f'taken[{begin}:{end}]')}"


class _Funnel:
    """The rows of one funnel. `held`: under a filter on the city nothing is told of fewer than k subjects."""

    def __init__(self, rows: Sequence[tuple[Any, ...]], count: int, k: int, held: bool) -> None:
        self._numbers = {row[:3]: (row[3], row[4]) for row in rows}
        self._columns = read_columns(rows, count)
        self._k, self._held = k, held
        self._withheld = Withheld()

    def told(self) -> dict[str, Any]:
        """The answer."""
        visits = self._number("visits", 0)
        reached = [self._number("reached", number) for number in range(len(self._columns))]
        steps: list[dict[str, Any]] = [
            {"visits": count, "share": count / reached[0] if reached[0] else None} for count in reached
        ]
        for number, step in enumerate(steps[:-1]):
            step["dropped"] = self._dropped(number)
        return {"visits": visits, "steps": steps, "withheld": self._withheld.told()}

    def _number(self, row: str, number: int) -> int:
        visits, subjects = self._numbers.get((row, number, ""), (0, 0))
        return visits if not self._held or self._withheld.keeps(visits, subjects, self._k) else 0

    def _dropped(self, number: int) -> dict[str, Any]:
        """Where dropped visits went next; what fewer than k subjects did, and what is beyond the top, is *other*."""
        dropped = self._number("dropped", number)
        column = self._columns[number] if dropped else Column()
        left = self._numbers.get(("rest", number, LEFT), (0, 0)) if dropped else (0, 0)
        if self._held and dropped:
            _, others = self._numbers.get(("rest", number, OTHER), (0, 0))
            for key in hold_column(column, left, others, self._k):
                left = (0, 0) if key == LEFT else left
                column.join(key)
        return {
            "visits": dropped,
            "next": [node_of(key, number + 1, visits) for key, visits in column.nodes.items()],
            "other": {"visits": dropped - left[0] - sum(column.nodes.values()), "distinct": column.other_nodes},
            "left": left[0],
        }
