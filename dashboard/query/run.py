"""Run a query: the rows, the totals, what was withheld, and what the reader must know beside the numbers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from collector.store.interface import Row, Snapshot, Store
from dashboard.query.bad_query import BadQuery
from dashboard.query.metrics import Metric
from dashboard.query.pairing import covered, paired
from dashboard.query.period import LocalRange, Period, load_zone
from dashboard.query.plan import SQL, Plan
from dashboard.query.reach import reach
from dashboard.query.request import QueryRequest
from dashboard.query.site import SiteFacts
from dashboard.query.statement import used

__all__ = ["SiteFacts", "query_pages", "run_query"]

_EVERY_ROW = 1_000_000_000
_PAGE_ROWS = 20_000
"""Rows held at once while all of them are asked for."""


async def run_query(request: QueryRequest, store: Store, site: SiteFacts, *, shared: bool = False) -> dict[str, Any]:
    """The answer of `POST /api/v1/query`, ready for JSON; all of it from one snapshot.

    `shared`: the view of somebody without a sign-in, in which every text is held to k.
    Raises BadQuery for what only the data or the view can tell: values of several currencies, filters in a shared view.
    """
    began = perf_counter()
    _check_view(request, shared)
    zone = await asyncio.to_thread(load_zone, site.timezone)
    async with store.snapshot() as snapshot:
        answer = await _Answer(request, snapshot, site, zone, shared).give()
    answer["meta"] |= {
        "complete_to": store.complete_to.astimezone(zone).isoformat(),
        "took_ms": round((perf_counter() - began) * 1000),
    }
    return answer


async def query_pages(
    request: QueryRequest, store: Store, site: SiteFacts, *, shared: bool = False
) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows of `run_query`'s answer, all that `limit` and `offset` leave, a page at a time from one snapshot.

    Raises BadQuery as `run_query` does, before the first page. Finish or close the iterator soon: it holds a snapshot.
    """
    _check_view(request, shared)
    zone = await asyncio.to_thread(load_zone, site.timezone)
    async with store.snapshot() as snapshot:
        async for page in _Answer(request, snapshot, site, zone, shared).pages():
            yield page


def _check_view(request: QueryRequest, shared: bool) -> None:
    if not shared:
        return
    for field, asked in (("filters", request.filters), ("goal", request.goal)):
        if asked:
            raise BadQuery(field, "A shared view has no filters and no goals.")
    if not request.range.whole_days:
        raise BadQuery("from", "A shared view has whole days only.")


class _Answer:
    """One query over one snapshot."""

    def __init__(
        self, request: QueryRequest, snapshot: Snapshot, site: SiteFacts, zone: ZoneInfo, shared: bool
    ) -> None:
        self._request = request
        self._snapshot = snapshot
        self._site = site
        self._zone = zone
        self._shared = shared
        self._period = request.range.period(zone)
        self._plan = self._planned(self._period, request.dimensions)

    async def give(self) -> dict[str, Any]:
        """Everything but what is known of the store alone."""
        before = await self._checked()
        totals, recognised = await self._totals(self._period)
        rows = await self._rows(totals, self._request.limit, self._request.offset)
        if before:
            await self._add_comparison(rows, before)
        return {
            "rows": rows,
            "totals": dict(zip(self._request.metrics, totals, strict=True)),
            "withheld": await self._all_withheld(),
            "meta": {
                "k": self._site.k,
                "timezone": self._site.timezone,
                "recognised": recognised,
                "erased": (await self._fetch(SQL["erased"], self._plan))[0][0],
            },
        }

    async def pages(self) -> AsyncIterator[list[dict[str, Any]]]:
        """The rows alone, a page at a time; the order is total, so that pages neither overlap nor leave a gap."""
        before = await self._checked()
        totals = [] if self._plan.dimensions else (await self._totals(self._period))[0]
        offset, end = self._request.offset, self._request.offset + self._request.limit
        while offset < end:
            wanted = min(_PAGE_ROWS, end - offset)
            rows = await self._rows(totals, wanted, offset)
            if before:
                await self._add_comparison(rows, before)
            yield rows
            if len(rows) < wanted:
                return
            offset += wanted

    async def _checked(self) -> Period | None:
        """The period to compare with, if any, once it is known that both have an answer. Raises BadQuery."""
        compared = self._compared_range()
        before = compared.period(self._zone) if compared else None
        await self._check_currency([self._period] + ([before] if before else []))
        return before

    def _planned(self, period: Period, dimensions: Sequence[str]) -> Plan:
        return Plan(self._request, self._site, self._zone, period, dimensions, self._shared)

    async def _fetch(self, sql: str, plan: Plan, **more: Any) -> list[Row]:
        reached = await reach(self._snapshot, plan.params)
        fitted = reached.fit(sql, plan.all_time)
        every: dict[str, Any] = {"limit": _EVERY_ROW, "offset": 0} | reached.params
        return await self._snapshot.fetch(fitted, used(fitted, every | plan.params | more))

    def _compared_range(self) -> LocalRange | None:
        asked = self._request.range
        if self._request.compare == "previous":
            return asked.before(self._zone)
        return asked.year_before() if self._request.compare == "year" else None

    async def _totals(self, period: Period) -> tuple[list[Any], float | None]:
        plan = self._planned(period, [])
        ((*totals, recognised),) = await self._fetch(plan.totals(), plan)
        if "value" in self._request.metrics and len(await self._currencies(plan)) > 1:
            totals[self._request.metrics.index("value")] = None
        return totals, recognised

    async def _rows(self, totals: list[Any], limit: int, offset: int) -> list[dict[str, Any]]:
        if not self._plan.dimensions:
            return [{"dims": [], "metrics": totals}][offset : offset + limit]
        width = len(self._plan.dimensions)
        found = await self._fetch(self._plan.report(only=False), self._plan, limit=limit, offset=offset)
        return [{"dims": list(row[:width]), "metrics": list(row[width:])} for row in found]

    async def _add_comparison(self, rows: list[dict[str, Any]], before: Period) -> None:
        plan = self._planned(before, self._request.dimensions)
        if not plan.dimensions:
            found_totals = (await self._totals(before))[0]
            hidden = plan.held and (await self._withheld(plan))["rows"] > 0
            for row in rows:
                row["compare"] = _known(plan.metrics, found_totals, hidden)
            return
        named = self._pair(plan)
        width = len(plan.dimensions)
        shown = [row["dims"] for row in rows]
        # Buckets alone are few, and all of them are shown.
        only = plan.buckets is None or width > 1
        found = await self._fetch(plan.report(only), plan, shown=shown) if shown else []
        # Where rows were folded, one that is missing may be among them: its number is not known, not nought.
        hidden = plan.folds and (await self._withheld(plan))["rows"] > 0
        numbers = {tuple(row[:width]): _known(plan.metrics, list(row[width:]), hidden and plan.held) for row in found}
        for row in rows:
            beyond = plan.buckets is not None and not named.intersection(row["dims"])
            row["compare"] = numbers.get(tuple(row["dims"]), _nothing(plan.metrics, unknown=hidden or beyond))

    def _pair(self, plan: Plan) -> set[str]:
        """Name the buckets of a compared plan as the query's own; the labels of those whose number before is known."""
        if not (plan.buckets and self._plan.buckets):
            return set()
        unit = next(each.name for each in plan.dimensions if each.name.startswith("time:")).removeprefix("time:")
        plan.pair_buckets(paired(unit, self._plan.buckets, plan.buckets))
        return covered(unit, self._plan.buckets, plan.buckets)

    async def _all_withheld(self) -> dict[str, int]:
        """What was withheld of the rows; if nothing, of the totals: they can be of visits that are in no row."""
        of_rows = await self._withheld(self._plan)
        if of_rows["rows"] or not self._plan.held or not self._plan.dimensions:
            return of_rows
        return await self._withheld(self._planned(self._period, []))

    async def _withheld(self, plan: Plan) -> dict[str, int]:
        if not plan.folds:
            return {"rows": 0, "visits": 0}
        ((rows, visits),) = await self._fetch(plan.withheld(), plan)
        return {"rows": rows, "visits": visits}

    async def _currencies(self, plan: Plan) -> set[str]:
        return {row[0] for row in await self._fetch(plan.currencies(), plan)}

    async def _check_currency(self, periods: list[Period]) -> None:
        """Amounts of several currencies have no sum; by currency each row has one."""
        if "value" not in self._request.metrics or "currency" in self._request.dimensions:
            return
        found: set[str] = set()
        for period in periods:
            found |= await self._currencies(self._planned(period, []))
        if len(found) > 1:
            raise BadQuery("metrics", "The values have several currencies: filter by `currency`, or break down by it.")


def _nothing(metrics: Sequence[Metric], unknown: bool) -> list[Any]:
    """The numbers of a group that a compared period does not have."""
    return [None if unknown else metric.empty for metric in metrics]


def _known(metrics: Sequence[Metric], numbers: list[Any], hidden: bool) -> list[Any]:
    """Numbers of a compared period; where some are withheld, one that reads as nothing may be among them."""
    if not hidden:
        return numbers
    return [None if number == each.empty else number for each, number in zip(metrics, numbers, strict=True)]
