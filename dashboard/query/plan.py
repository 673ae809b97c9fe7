"""A query as statements: the `.sql` files put together, each slot filled from the closed tables."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.query.dimensions import PAGE, Dimension, dimension
from dashboard.query.filters import FilterSql
from dashboard.query.metrics import PAGEVIEWS, Metric, metric
from dashboard.query.patterns import step_predicate
from dashboard.query.period import Buckets, Period, buckets, offsets
from dashboard.query.request import QueryRequest, family_of
from dashboard.query.site import SiteFacts
from dashboard.query.statement import Params, fill, read_sql

SQL = read_sql(Path(__file__).parent / "sql")
NODE_KEY = SQL["node_key"]

# No visit is longer than its token, six months: offsets from a year before reach the beginning of every visit.
_BEFORE = timedelta(days=366)
_RECOGNISED = Metric("recognised", "avg((visitor IS NOT NULL)::INTEGER) FILTER (fact = 'visit')", empty=None)


def period_params(site: SiteFacts, period: Period, zone: ZoneInfo) -> Params:
    """What every statement over a period may bind."""
    changes = offsets(zone, period.start - _BEFORE, period.end)
    return {
        "site": site.name,
        "k": site.k,
        "start": period.start,
        "end": period.end,
        "zone_starts": [start for start, _ in changes],
        "zone_seconds": [seconds for _, seconds in changes],
    }


def kept_visits(chosen: FilterSql, names: frozenset[str], holds: dict[str, str], k: int) -> list[str]:
    """The tables up to `kept`, the visits of the period that the filters keep.

    `names`: the dimensions in use, filters included. `holds`: sets of visits beside those of the filters.
    """
    fold = chosen.holds_to(k)
    tables = [SQL["visits"]]
    for name, test in (chosen.holds | holds).items():
        file = "holds" if name in chosen.beyond_steps else "holds_step"
        tables.append(fill(SQL[file], {"name": name, "predicate": test}))
    if "returning" in names:
        tables.append("{recognised}")
    by_clock = "hour_of_week" in names
    if by_clock:
        tables.append(SQL["zone"])
    tables.append(
        fill(
            SQL["chosen"],
            {
                "source": "recognised" if "returning" in names else "visits",
                "joins": fill(SQL["by_offset"], {"time": "v.began"}) if by_clock else "",
                "predicate": " AND ".join(chosen.visit) or "true",
            },
        )
    )
    tables.append(_kept(chosen, fold))
    return tables


def _kept(chosen: FilterSql, fold: bool) -> str:
    if not chosen.city:
        return SQL["kept"]
    predicate = " AND ".join(chosen.city)
    if fold:
        return fill(
            SQL["kept_by_city"],
            {"predicate": predicate, "small": below_k("small_city", "city", "chosen", "city <> ''")},
        )
    return fill(SQL["kept_by_name"], {"predicate": predicate})


def below_k(name: str, names: str, source: str, test: str = "visit IS NOT NULL") -> str:
    """The table `name` of the groups by `names` of which fewer than k subjects are."""
    return fill(SQL["below_k"], {"name": name, "names": names, "source": source, "test": test})


def _is_bucket(each: Dimension) -> bool:
    return each.name.startswith("time:")


class Plan:
    """The statements of one query over one period and one choice of dimensions."""

    def __init__(
        self, request: QueryRequest, site: SiteFacts, zone: ZoneInfo, period: Period, names: Sequence[str], shared: bool
    ) -> None:
        self.metrics: list[Metric] = [metric(name) for name in request.metrics]
        self.dimensions: list[Dimension] = [
            dimension(name, f"dimensions[{number}]", f"d{number}") for number, name in enumerate(names)
        ]
        self.k = site.k
        self.shared = shared
        self.buckets: Buckets | None = None
        self._filters = FilterSql(request.filters)
        self.held = self._filters.holds_to(site.k)
        self._order = request.order
        self.params: Params = period_params(site, period, zone) | self._filters.params
        self._holds: dict[str, str] = {}
        if request.goal is not None:
            self._holds["goal"] = step_predicate(request.goal, "goal", self.params)
        for number, each in enumerate(self.dimensions):
            self.params |= each.params
            if each.name.startswith("time:"):
                self.buckets = buckets(each.name.removeprefix("time:"), period, zone)
                self.params["bucket_labels"] = self.buckets.labels
                self.params["bucket_edges"] = self.buckets.edges
            if each.name == "city":
                self._city = f"d{number}"

    def pair_buckets(self, labels: list[str]) -> None:
        """Name the buckets of a compared period as the ones they are compared with; those of one name are one row."""
        self.params["bucket_labels"] = labels
        # The order of the rows is the other period's: a number of its own would part buckets of one name.
        self.dimensions = [replace(each, natural="") if _is_bucket(each) else each for each in self.dimensions]

    @property
    def all_time(self) -> bool:
        """Whether visits outside of the period are asked for: who returns is told by all that is stored."""
        return "returning" in self._filters.names or any(each.name == "returning" for each in self.dimensions)

    @property
    def folds(self) -> bool:
        """Whether rows below k are folded: those of a city, in a shared view those of any text.

        Under a filter on the city (`held`) it is every row, the totals among them, and every single number of a row.
        """
        texts = any(not each.is_time for each in self.dimensions) if self.shared else self._has_city
        return self.held or (texts and self.k > 1)

    @property
    def _has_city(self) -> bool:
        return any(each.name == "city" for each in self.dimensions)

    def report(self, only: bool) -> str:
        """The statement of the rows: texts of the dimensions, then metrics. `only`: the rows in `$shown`."""
        shown = ", ".join(f"d{number}" for number in range(len(self.dimensions)))
        metrics = [f"{self._number(each)} AS m{number}" for number, each in enumerate(self.metrics)]
        return fill(
            SQL["report"],
            self._slots()
            | {
                "shown": ", ".join(filter(None, (shown, *(f"m{number}" for number in range(len(self.metrics)))))),
                "metrics": ", ".join(metrics),
                "only": f"WHERE list_contains($shown, [{shown}])" if only else "",
                "order": self._ordered(),
            },
        )

    def totals(self) -> str:
        """The statement of the one row without dimensions: metrics, then the share of visits that are recognised."""
        metrics = [self._number(each) for each in (*self.metrics, _RECOGNISED)]
        slots = self._slots() | {
            "shown": ", ".join(f"m{number}" for number in range(len(metrics))),
            "metrics": ", ".join(f"{sql} AS m{number}" for number, sql in enumerate(metrics)),
            "only": "",
            "order": "m0",
        }
        return fill(SQL["report"], slots)

    def withheld(self) -> str:
        """The statement that counts the folded rows and their visits; under a filter on the city also each row of
        which a number is withheld, and the visits behind that number."""
        if not self.held:
            return fill(SQL["withheld"], self._slots())
        parts = ", ".join(f"CASE WHEN {each.speaks_of} THEN {number} END" for number, each in enumerate(self.metrics))
        return fill(SQL["withheld_held"], self._slots() | {"parts": parts})

    def _number(self, asked: Metric) -> str:
        return asked.held if self.held else asked.sql

    def currencies(self) -> str:
        """The statement of the currencies of the period's values."""
        slots = {"visits": self._visits(), "rows": " AND ".join([*metric("value").rows, *self._filters.narrow])}
        return fill(SQL["currencies"], slots)

    def _slots(self) -> dict[str, str]:
        return {
            "visits": self._visits(),
            "facts": "\nUNION ALL BY NAME\n".join(self._facts()),
            "folded": self._folded(),
            "thin": below_k("thin", f"{', '.join(self._names())}, part", "part"),
            "names": ", ".join(self._names()),
            # Without dimensions there is one row, whatever there is to count; nor does the engine count distinct ones
            # of a single group as fast as those of all.
            "named": f"{', '.join(self._names())}, " if self.dimensions else "",
            "grouped": f"GROUP BY {', '.join(self._names())}" if self.dimensions else "",
        }

    def _visits(self) -> str:
        names = self._filters.names | {each.name for each in self.dimensions}
        tables = kept_visits(self._filters, names, self._holds, self.k)
        if self.buckets:
            tables.append(SQL["bucket"])
            if self.buckets.by_quarter:
                tables.append(SQL["quarter"])
        if family_of(self.dimensions) and any(each.of_visits for each in self.metrics):
            tables.append(self._stepped(self._step) if self._step else self._held_values())
        return ",\n".join(tables)

    def _names(self) -> list[str]:
        naturals = [f"s{number}" for number, each in enumerate(self.dimensions) if each.natural]
        return [f"d{number}" for number in range(max(1, len(self.dimensions)))] + naturals

    def _columns(self, time: str, held: str = "") -> str:
        """The dimensions as columns; with `held`, those of an event are read from there."""
        columns = []
        for number, each in enumerate(self.dimensions):
            text = held.replace("{number}", str(number)) if held and each.family else each.sql
            columns.append(f"{text} AS d{number}")
            if each.natural:
                columns.append(f"{each.natural} AS s{number}")
        return ", ".join(columns).replace("{time}", time) or "'' AS d0"

    def _joins(self, time: str) -> str:
        joins = []
        if any(each.name == "hour_of_week" for each in self.dimensions):
            joins.append(SQL["by_offset"])
        if self.buckets:
            joins.append(SQL["by_quarter" if self.buckets.by_quarter else "by_bucket"])
        return "\n".join(joins).replace("{time}", time)

    def _facts(self) -> list[str]:
        facts = []
        rows = {test for each in self.metrics if each.name != "scroll_depth" for test in each.rows}
        if [each.name[:5] for each in self.dimensions] == ["time:"]:
            numbered = ", number AS s0" if self.dimensions[0].natural else ""
            facts.append(fill(SQL["facts_bucket"], {"numbered": numbered}))
        if not self.dimensions or any(each.of_visits for each in self.metrics):
            facts.append(self._visit_facts())
        if PAGEVIEWS in rows and self._by_visits:
            rows.remove(PAGEVIEWS)
            facts.append(self._view_facts())
        if rows:
            facts.append(self._event_facts("facts_counted" if self._alone else "facts_event", rows))
        if any(each.name == "scroll_depth" for each in self.metrics):
            facts.append(self._event_facts("facts_scroll", set(metric("scroll_depth").rows)))
        return facts

    def _visit_facts(self) -> str:
        joined = bool(family_of(self.dimensions)) and not self._step
        held = "v.text" if self._step else "held.d{number}" if joined else ""
        slots = {
            "visits": "stepped" if self._step else "kept",
            "dimensions": self._columns("v.began", held),
            "converted": ", v.visit IN (FROM goal) AS converted" if self._holds else "",
            "joins": "\n".join(([SQL["by_held"]] if joined else []) + [self._joins("v.began")]),
        }
        return fill(SQL["facts_visit"], slots)

    @property
    def _step(self) -> Dimension | None:
        """The one dimension of an event, where the steps that visits are stored with tell it."""
        family = [each for each in self.dimensions if each.family]
        return family[0] if len(family) == 1 and family[0].is_step and not self._filters.beyond_steps else None

    def _stepped(self, step: Dimension) -> str:
        steps = "pages" if step.family == PAGE else "steps"
        return fill(
            SQL["stepped"], {"steps": steps, "text": step.sql, "rows": " AND ".join([step.rows, *self._filters.narrow])}
        )

    def _held_values(self) -> str:
        own = [f"{each.sql} AS d{number}" for number, each in enumerate(self.dimensions) if each.family]
        slots = {"dimensions": ", ".join(own), "rows": " AND ".join([*self._family_rows(), *self._filters.narrow])}
        return fill(SQL["held_values"], slots)

    def _family_rows(self) -> list[str]:
        """Which events hold the dimensions: a page beside a click is the page that the click happened on."""
        family = family_of(self.dimensions)
        return sorted({each.rows for each in self.dimensions if each.family and each.family == family})

    def _view_facts(self) -> str:
        """The page views by their visits alone."""
        return fill(
            SQL["facts_views"],
            # Where nothing narrows them `kept` would be a copy of all visits in memory: they are read anew instead.
            {"visits": "visits" if self._alone else "kept", "dimensions": self._columns("v.began")},
        )

    @property
    def _by_visits(self) -> bool:
        """Whether nothing but their visits tells events apart: neither they themselves nor the clock."""
        return not self._filters.narrow and not any(each.family or each.is_time for each in self.dimensions)

    def _event_facts(self, file: str, rows: Set[str]) -> str:
        # Under a page alone each metric keeps its own rows: the page is where a click, an event or a leave happened.
        own = self._family_rows() if family_of(self.dimensions) not in (None, "page") else []
        wanted = " OR ".join(f"({test})" for test in sorted(rows))
        slots = {
            "of_visit": "NULL::UINTEGER AS mark, NULL::VARCHAR AS country" if self._alone else "v.mark, v.country",
            "kept": "" if self._alone else "JOIN kept AS v USING (visit)",
            "dimensions": self._columns("e.occurred_at"),
            "names": ", ".join(self._names()),
            "groups": ", ".join([*(self._names() if self.dimensions else ()), "kind"]),
            "joins": self._joins("e.occurred_at"),
            "rows": " AND ".join([f"({wanted})", *own, *self._filters.narrow]),
        }
        return fill(SQL[file], slots)

    @property
    def _alone(self) -> bool:
        """Whether events are counted without a look at their visits: nothing of these is asked, so every one counts."""
        of_visits = any(not each.family and not each.is_time for each in self.dimensions)
        return not self.folds and not self._filters.names and not of_visits

    def _folded(self) -> str:
        if not self.folds:
            return SQL["fold_none"]
        every = self.shared or self.held
        names = ", ".join(self._names())
        slots = {
            "names": names,
            "city": self._city if self._has_city else "",
            "renamed": "FROM fact",
            "small": below_k("small", names, "fact", "visit IS NOT NULL" if every else f"{self._city} <> ''"),
            "too_small": below_k("too_small", names, "renamed"),
        }
        if self._has_city:
            slots["renamed"] = fill(SQL["rename_city"], slots)
        return fill(SQL["fold_every" if every else "fold_city"], slots)

    def _ordered(self) -> str:
        """Order by what was asked, else by time, else by the first metric; ties by the dimensions' text."""
        keys = [self._key(name, direction) for name, direction in self._order] or self._default_order()
        return ", ".join(keys + [f"d{number}" for number in range(len(self.dimensions))])

    def _default_order(self) -> list[str]:
        clock = [f"s{number}" for number, each in enumerate(self.dimensions) if _is_bucket(each) and each.natural]
        return [*clock, "m0 DESC NULLS LAST"]

    def _key(self, name: str, direction: str) -> str:
        for number, each in enumerate(self.metrics):
            if each.name == name:
                return f"m{number} {direction.upper()} NULLS LAST"
        ((number, found),) = [(n, each) for n, each in enumerate(self.dimensions) if each.name == name]
        return f"{'s' if found.natural else 'd'}{number} {direction.upper()}"
