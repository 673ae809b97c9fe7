"""Funnels: how many visits reach each step, and where those that drop out go next."""

import asyncio
from collections.abc import Sequence
from typing import Any

from collector.store.interface import Store
from dashboard.journeys.request import FunnelRequest
from dashboard.journeys.route import SQL, Route, node_of, slots_of
from dashboard.query.period import load_zone
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill, used

Next = tuple[str, int, int]
"""Where visits went next: the node's key or `left`, visits, distinct subjects."""


async def run_funnel(request: FunnelRequest, store: Store, site: SiteFacts) -> dict[str, Any]:
    """The answer of `POST /api/v1/funnel`, ready for JSON.

    `visits`: all that the range and the filters hold. `steps`: the visits at each, their `share` of the first step's,
    and in `dropped` those that went no further (`visits`), split into the `next` nodes, `other` and `left`.
    """
    zone = await asyncio.to_thread(load_zone, site.timezone)
    route = Route(request, site, zone, request.steps)
    sql = _statement(request, route)
    async with store.snapshot() as snapshot:
        rows = await snapshot.fetch(sql, used(sql, route.params))
    visits = 0
    dropped: list[list[Next]] = [[] for _ in request.steps]
    for row, number, key, count, subjects in rows:
        if row == "visits":
            visits = count
        else:
            dropped[number].append((key, count, subjects))
    return {"visits": visits, "steps": _steps(dropped, site.k, request.top)}


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


def _steps(dropped: Sequence[Sequence[Next]], k: int, top: int) -> list[dict[str, Any]]:
    ended = [sum(visits for _, visits, _ in each) for each in dropped]
    steps = []
    for number, went in enumerate(dropped):
        visits = sum(ended[number:])
        step: dict[str, Any] = {"visits": visits, "share": visits / sum(ended) if sum(ended) else None}
        if number < len(dropped) - 1:
            step["dropped"] = {"visits": ended[number], **_next(went, number + 1, k, top)}
        steps.append(step)
    return steps


def _next(went: Sequence[Next], column: int, k: int, top: int) -> dict[str, Any]:
    """Where dropped visits went next; what fewer than k subjects did, and what is beyond the top, is *other*."""
    left = sum(visits for key, visits, _ in went if key == "left")
    nodes = sorted((-visits, key, subjects) for key, visits, subjects in went if key != "left")
    named = [(key, -visits) for visits, key, subjects in nodes if subjects >= k][:top]
    rest = sum(-visits for visits, _, _ in nodes) - sum(visits for _, visits in named)
    return {
        "next": [node_of(key, column, visits) for key, visits in named],
        "other": {"visits": rest, "distinct": len(nodes) - len(named)},
        "left": left,
    }
