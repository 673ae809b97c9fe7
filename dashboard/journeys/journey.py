"""The journey report: columns that add up, and the links between them."""

import asyncio
from typing import Any

from collector.store.interface import Snapshot, Store
from dashboard.journeys.fold import LEFT, OTHER, Column, Link, Withheld, fold_links, hold_links, read_columns
from dashboard.journeys.request import JourneyRequest
from dashboard.journeys.route import Route, node_id, node_of
from dashboard.journeys.walk import Walk
from dashboard.query.period import load_zone
from dashboard.query.site import SiteFacts

_TOTALS = ("visits", "matched")


async def run_journeys(request: JourneyRequest, store: Store, site: SiteFacts) -> dict[str, Any]:
    """The answer of `POST /api/v1/journeys`, ready for JSON; all of it from one snapshot.

    Columns are counted from 0 in the order of time; `other:<column>` and `left:<column>` in the links count them so.
    Under a filter on the city nothing is told of fewer than k subjects: `matched` and `visits` read 0, nodes and *left*
    join *other*, and links are left out; `withheld` counts these numbers (`rows`) and their visits.
    With `focus`, `focused` tells of that node, if the report names it, the `median_seconds` between the step to it and
    the next, of the visits that took a next one; None where fewer than k subjects did.
    With `open`, `opened` lists the nodes in that column's *other*, and counts those that stay `withheld`.
    """
    zone = await asyncio.to_thread(load_zone, site.timezone)
    step = request.start if request.start is not None else request.end if request.end is not None else request.through
    route = Route(request, site, zone, [] if step is None else [step])
    async with store.snapshot() as snapshot:
        journey = _Journey(request, snapshot, site, route)
        return await journey.give()


class _Journey:
    """One report over one snapshot."""

    def __init__(self, request: JourneyRequest, snapshot: Snapshot, site: SiteFacts, route: Route) -> None:
        self._request = request
        self._snapshot = snapshot
        self._k = site.k
        self._route = route
        self._walk = Walk(request, route)

    async def give(self) -> dict[str, Any]:
        rows = await self._route.fetch(self._snapshot, self._walk.report(), {"columns": self._request.columns})
        columns, links = read_columns(rows, self._request.columns), [Link(*row[1:]) for row in rows if row[0] == "link"]
        # Where no visit began, there is no row of them.
        totals = {"visits": (0, 0), "matched": (0, 0)} | {row[0]: row[4:] for row in rows if row[0] in _TOTALS}
        withheld = Withheld()
        if self._route.held:
            for name, (visits, subjects) in totals.items():
                totals[name] = (visits if withheld.keeps(visits, subjects, self._k) else 0, subjects)
        matched = totals["matched"][0]
        if not matched:
            columns, shown = [Column() for _ in columns], []
        elif self._route.held:
            rest = {(row[1], row[2]): (row[4], row[5]) for row in rows if row[0] == "rest"}
            shown = hold_links(columns, links, rest, self._k, withheld)
        else:
            shown = fold_links(columns, links, self._k, self._request.anchor_column)
        answer: dict[str, Any] = {
            "visits": totals["visits"][0],
            "matched": matched,
            "columns": [_column(column, number, matched) for number, column in enumerate(columns)],
            "links": [_link(link) for link in shown],
            "withheld": withheld.told(),
        }
        if self._request.open is not None:
            answer["opened"] = await self._opened(self._request.open, columns[self._request.open])
        if self._request.focus is not None:
            answer["focused"] = await self._focused(self._request.focus, columns)
        return answer

    async def _focused(self, wanted: str, columns: list[Column]) -> dict[str, Any] | None:
        for number, column in enumerate(columns):
            for key in column.nodes:
                if node_id(key, number) == wanted:
                    ((median,),) = await self._route.fetch(self._snapshot, self._walk.focused(number), {"focus": key})
                    return {"id": wanted, "median_seconds": median}
        return None

    async def _opened(self, column: int, known: Column) -> dict[str, Any]:
        params = {"named": list(known.nodes) or [OTHER], "limit": self._request.limit, "offset": self._request.offset}
        *rows, (_, _, visits, distinct) = await self._route.fetch(self._snapshot, self._walk.opened(column), params)
        return {
            "column": column,
            "nodes": [node_of(key, column, visits) for _, key, visits, _ in rows],
            "withheld": {"visits": visits, "distinct": distinct},
        }


def _column(column: Column, number: int, matched: int) -> dict[str, Any]:
    return {
        "nodes": [node_of(key, number, visits) for key, visits in column.nodes.items()],
        "other": {"visits": column.other_visits, "distinct": column.other_nodes},
        LEFT: matched - column.other_visits - sum(column.nodes.values()),
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "from": node_id(link.source, link.number),
        "to": node_id(link.target, link.number + 1),
        "visits": link.visits,
    }
