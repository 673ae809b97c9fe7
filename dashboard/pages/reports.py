"""The one way from a page to its numbers: the same query that the API answers, over one snapshot for the whole page."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from typing import Any

import msgspec

from collector.state.site import Site
from collector.store.interface import Snapshot, Store
from dashboard.context import Dashboard
from dashboard.pages.filters import Filter
from dashboard.pages.refused import unanswered
from dashboard.pages.view import View
from dashboard.query.request import BadQuery, decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts

Report = dict[str, Any]


class OneSnapshot:
    """A store that gives every query the same view, so that the numbers of a page agree with each other."""

    def __init__(self, store: Store, snapshot: Snapshot) -> None:
        self.complete_to: datetime = store.complete_to
        self._snapshot = snapshot

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """The same view, each time."""
        return nullcontext(self._snapshot)


class Reports:
    """The reports of one site for one page."""

    def __init__(self, store: Store, facts: SiteFacts, shared: bool = False) -> None:
        self.store = store
        self.facts = facts
        self._shared = shared

    async def of(
        self,
        view: View,
        metrics: Sequence[str],
        dimensions: Sequence[str] = (),
        *,
        compare: bool = False,
        also: Sequence[Filter] = (),
        **more: Any,
    ) -> Report:
        """The report of a view, as `POST /api/v1/query` gives it, under filters besides. Raises PageRefused."""
        asked: dict[str, Any] = {
            "site": view.site,
            "from": view.start.isoformat(),
            "to": view.end.isoformat(),
            "metrics": list(metrics),
            "dimensions": list(dimensions),
            "filters": [one.as_query() for one in (*view.filters, *also)],
            **more,
        }
        if compare and view.compare:
            asked["compare"] = view.compare
        return await self._run(asked)

    async def ever(self, site: Site, now: datetime) -> bool:
        """Whether the site ever had a visit; `now` on its clock."""
        first = min(datetime.fromtimestamp(site.created_at, now.tzinfo), now).date()
        days = {"from": first.isoformat(), "to": now.date().isoformat()}
        asked = {"site": site.name, **days, "metrics": ["visits"]}
        return bool((await self._run(asked))["totals"]["visits"])

    async def _run(self, asked: dict[str, Any]) -> Report:
        try:
            return await run_query(decode(msgspec.json.encode(asked)), self.store, self.facts, shared=self._shared)
        except BadQuery as error:
            raise unanswered(error) from None


@asynccontextmanager
async def reports_of(dashboard: Dashboard, site: Site, *, shared: bool = False) -> AsyncIterator[Reports]:
    """The reports of a site over one snapshot of the store; `shared` for who is not signed in."""
    async with dashboard.store.snapshot() as snapshot:
        yield Reports(OneSnapshot(dashboard.store, snapshot), dashboard.facts(site), shared)
