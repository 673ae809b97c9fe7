"""The steps of visits as SQL: which are included, what nodes they are, which of them are looked for.

Visits hold their steps as lists of numbers, and all is done on these: a node is the number of one step of its name, and
names are looked up for the few nodes that are told.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector.store.interface import Snapshot
from dashboard.journeys.request import FunnelRequest, JourneyRequest, Kind
from dashboard.query.filters import FilterSql
from dashboard.query.nodes import read_key
from dashboard.query.patterns import Step, glob_to_regex, step_predicate
from dashboard.query.plan import NODE_KEY, kept_visits, period_params
from dashboard.query.reach import Reach, reach
from dashboard.query.site import SiteFacts
from dashboard.query.statement import Params, fill, read_sql, used

SQL = read_sql(Path(__file__).parent / "sql")

_KINDS: dict[Kind, str] = {"page": "'pageview'", "click": "'click'", "event": "'event'"}


class Route:
    """The tables of a journey report or a funnel up to `taken`, the steps of each visit, and what they bind.

    `hit_<n>` beside them says of every step of the site whether it is the n-th of those looked for.
    """

    def __init__(
        self, asked: JourneyRequest | FunnelRequest, site: SiteFacts, zone: ZoneInfo, steps: Sequence[Step | list[Step]]
    ) -> None:
        chosen = FilterSql(asked.filters)
        self.held = chosen.holds_to(site.k)
        """Whether a filter on the city is in force: then nothing is told of fewer than k subjects."""
        self.visits = ",\n".join(kept_visits(chosen, chosen.names, {}, site.k))
        self._all_time = "returning" in chosen.names
        self._reach: Reach | None = None
        self._params: Params = period_params(site, asked.range.period(zone), zone) | chosen.params
        self._params |= {"top": asked.top, "held": self.held}
        self._include = set(asked.include)
        self._filters = self._include not in ({"page"}, set(_KINDS))
        self._groups = asked.group == "folder" or (asked.group == "pattern" and bool(site.patterns))
        self.key = fill(NODE_KEY, {"page": self._page(asked.group, site.patterns)})
        """SQL of the node that an event or a step `e` is."""
        self.kinds = ", ".join(sorted(_KINDS[kind] for kind in self._include))
        self.taken = ",\n".join(self._tables(self.key, steps))

    @property
    def repeats(self) -> bool:
        """Whether a visit may be at one node several times in a row: in the stored lists it is not."""
        return self._groups or self._filters

    async def fetch(self, snapshot: Snapshot, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement over these tables; all of a report are read from one snapshot."""
        if self._reach is None:
            self._reach = await reach(snapshot, self._params)
        fitted = self._reach.fit(sql, self._all_time)
        return await snapshot.fetch(fitted, used(fitted, {**self._params, **self._reach.params, **params}))

    def _tables(self, key: str, steps: Sequence[Step | list[Step]]) -> Iterator[str]:
        columns = {
            f"hit_{number}": step_predicate(step, f"step_{number}", self._params) for number, step in enumerate(steps)
        }
        if self._filters:
            columns["wanted"] = f"e.kind IN ({self.kinds})"
        slots = {
            "node": f"min(e.id) OVER (PARTITION BY {key})" if self._groups else "e.id",
            "key": key,
            "asked": "".join(f", {test} AS {name}" for name, test in columns.items()),
        }
        yield fill(SQL["label"], slots)
        looked = [*columns, *(["node"] if self._groups else [])]
        if looked:
            yield fill(SQL["lookup"], {"lists": ", ".join(f"list({name} ORDER BY place) AS {name}" for name in looked)})
        slots = {
            "included": self._included(),
            "looked": ", lookup.*" if looked else "",
            "lookup": ", lookup" if looked else "",
            "nodes": "list_transform(taken, lambda step: node[step])" if self._groups else "taken",
        }
        yield fill(SQL["taken"], slots)

    def _included(self) -> str:
        """The list of a visit's steps; where a visit has no `steps`, all it has are `pages`."""
        if not self._filters:
            return "pages" if self._include == {"page"} else "coalesce(steps, pages)"
        wanted = "list_filter(steps, lambda step: wanted[step])"
        return f"CASE WHEN steps IS NULL THEN pages ELSE {wanted} END" if "page" in self._include else wanted

    def _page(self, group: str, patterns: Sequence[str]) -> str:
        if group == "folder":
            return SQL["page_by_folder"]
        if group == "path" or not patterns:
            return "e.path"
        cases = []
        for number, pattern in enumerate(patterns):
            self._params[f"pattern_{number}"] = pattern
            self._params[f"pattern_regex_{number}"] = glob_to_regex(pattern)
            cases.append(f"WHEN regexp_full_match(e.path, $pattern_regex_{number}, 's') THEN $pattern_{number}")
        return f"CASE {' '.join(cases)} ELSE e.path END"


def first_hit(number: int, steps: str) -> str:
    """SQL of the place of the first step of a list that is the `number`-th looked for."""
    return f"list_position(list_transform({steps}, lambda step: hit_{number}[step]), true)"


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
