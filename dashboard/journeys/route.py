"""The steps of visits as SQL: what a node is, how pages are grouped, which steps are looked for."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector.store.queries import EVENT_ORDER
from dashboard.journeys.request import FunnelRequest, JourneyRequest
from dashboard.query.filters import FilterSql
from dashboard.query.nodes import read_key
from dashboard.query.patterns import Step, glob_to_regex, step_predicate
from dashboard.query.period import Period
from dashboard.query.plan import NODE_KEY, kept_visits, period_params
from dashboard.query.site import SiteFacts
from dashboard.query.statement import Params, fill, read_sql

SQL = read_sql(Path(__file__).parent / "sql")

_KINDS = {"page": "'pageview'", "click": "'click'", "event": "'event'"}


class Route:
    """The tables of a journey report or a funnel up to `route`, and what they bind."""

    def __init__(
        self, asked: JourneyRequest | FunnelRequest, site: SiteFacts, zone: ZoneInfo, steps: Sequence[Step | list[Step]]
    ) -> None:
        self.period: Period = asked.range.period(zone)
        chosen = FilterSql(asked.filters)
        self.held = chosen.holds_to(site.k)
        """Whether a filter on the city is in force: then nothing is told of fewer than k subjects."""
        self.all_time = "returning" in chosen.names
        self.params: Params = period_params(site, self.period, zone) | chosen.params
        self.visits = ",\n".join(kept_visits(chosen, chosen.names, {}, site.k, subjects=True))
        self.route = fill(
            SQL["route"],
            {
                "key": fill(NODE_KEY, {"page": self._page(asked.group, site.patterns)}),
                "hits": self._hits(steps),
                "hit_steps": _hit_steps(len(steps)),
                "event_order": EVENT_ORDER,
                "kinds": ", ".join(_KINDS[kind] for kind in asked.include),
            },
        )

    def _page(self, group: str, patterns: Sequence[str]) -> str:
        if group == "folder":
            return SQL["page_by_folder"]
        if group == "path" or not patterns:
            return "e.path"
        cases = []
        for number, pattern in enumerate(patterns):
            self.params[f"pattern_{number}"] = pattern
            self.params[f"pattern_regex_{number}"] = glob_to_regex(pattern)
            cases.append(f"WHEN regexp_full_match(e.path, $pattern_regex_{number}, 's') THEN $pattern_{number}")
        return f"CASE {' '.join(cases)} ELSE e.path END"

    def _hits(self, steps: Sequence[Step | list[Step]]) -> str:
        tests = [step_predicate(step, f"step_{number}", self.params) for number, step in enumerate(steps)]
        return ", ".join(f"{test} AS hit_{number}" for number, test in enumerate(tests)) or "true AS hit_0"


def _hit_steps(count: int) -> str:
    numbers = range(max(1, count))
    return ", ".join(f"list(DISTINCT at_step ORDER BY at_step) FILTER (hit_{n}) AS hits_{n}" for n in numbers)


def node_of(key: str, column: int, visits: int) -> dict[str, Any]:
    """A node as it is answered. Its id is the same in every answer, and safe in a URL."""
    found = read_key(key)
    node: dict[str, Any] = {"id": node_id(key, column), "label": found.label, "kind": found.kind, "visits": visits}
    if found.target_kind:
        node["target_kind"] = found.target_kind
    return node


def node_id(key: str, column: int) -> str:
    """`<column>:<digest of the key>` of a node; `other:<column>` and `left:<column>` of the rest."""
    if key in ("other", "left"):
        return f"{key}:{column}"
    return f"{column}:{blake2b(key.encode(), digest_size=8).hexdigest()}"


def slots_of(route: Route, more: Mapping[str, str]) -> dict[str, str]:
    """The slots that every statement over a route has, and its own."""
    return {"visits": route.visits, "route": route.route, **more}
