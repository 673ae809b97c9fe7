"""The journey report: columns that add up, and the links between them."""

import asyncio
from typing import Any

from collector.store.interface import Snapshot, Store
from dashboard.journeys.fold import LEFT, OTHER, Column, Link, Withheld, fold_links, hold_links
from dashboard.journeys.request import JourneyRequest
from dashboard.journeys.route import SQL, Route, node_id, node_of, slots_of
from dashboard.query.period import load_zone
from dashboard.query.reach import reach
from dashboard.query.site import SiteFacts
from dashboard.query.statement import fill, used


async def run_journeys(request: JourneyRequest, store: Store, site: SiteFacts) -> dict[str, Any]:
    """The answer of `POST /api/v1/journeys`, ready for JSON; all of it from one snapshot.

    Columns are counted from 0 in the order of time; `other:<column>` and `left:<column>` in the links count them so.
    Under a filter on the city nothing is told of fewer than k subjects: `matched` and `visits` read 0, nodes and *left*
    join *other*, and links are left out; `withheld` counts these numbers (`rows`) and their visits.
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
        walk = fill(SQL["walk"], {"anchor": f"hits_0[{-1 if request.end is not None else 1}]"})
        self._slots = slots_of(route, {"walk": walk})
        self._params = route.params | {
            "anchor_column": request.anchor_column,
            "columns": request.columns,
            "top": request.top,
        }

    async def _fetch(self, name: str, **more: Any) -> list[tuple[Any, ...]]:
        sql = self._reach.fit(fill(SQL[name], self._slots), self._route.all_time)
        return await self._snapshot.fetch(sql, used(sql, self._params | more))

    async def give(self) -> dict[str, Any]:
        self._reach = await reach(self._snapshot, self._params)
        self._params |= self._reach.params
        rows = await self._fetch("journeys")
        columns, links = self._columns(rows), [Link(*row[1:]) for row in rows if row[0] == "link"]
        totals = {row[0]: (row[4], row[5]) for row in rows if row[0] in ("visits", "matched")}
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
        return answer

    def _columns(self, rows: list[tuple[Any, ...]]) -> list[Column]:
        """The columns before anything is folded: the named nodes, and in *other* what is left of each sum."""
        columns = [Column() for _ in range(self._request.columns)]
        for row, number, _, _, visits, nodes in rows:
            if row == "column":
                columns[number].other_visits, columns[number].other_nodes = visits, nodes
        for _, number, key, _, visits, _ in sorted((row for row in rows if row[0] == "node"), key=_by_size):
            columns[number].nodes[key] = visits
            columns[number].other_visits -= visits
            columns[number].other_nodes -= 1
        return columns

    async def _opened(self, column: int, known: Column) -> dict[str, Any]:
        rows = await self._fetch(
            "other",
            column=column,
            named=list(known.nodes) or [OTHER],
            limit=self._request.limit,
            offset=self._request.offset,
        )
        ((distinct, visits),) = await self._fetch("withheld", column=column)
        return {
            "column": column,
            "nodes": [node_of(key, column, visits) for key, visits in rows],
            "withheld": {"visits": visits, "distinct": distinct},
        }


def _by_size(row: tuple[Any, ...]) -> tuple[int, int, str]:
    return row[1], -row[4], row[2]


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
