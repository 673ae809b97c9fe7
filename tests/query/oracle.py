"""The reports in plain Python, written from the meaning of each number alone: no SQL, nothing of the engine.

Slow and plain on purpose: a reader should be able to check each function against the sentence it stands for.

Filters on the city: while one is in force, whatever its operator, and k is more than 1, every number is held to k.
A row of fewer than k subjects reads "elsewhere in <country>" if it names a city; if it is still of fewer, or names
none, it is left out, and a time bucket or the totals read as nothing. A number counted over fewer than k subjects in
a row of more (conversions, clicks, visitors who allowed recognition, ...) reads as nothing too: 0, or none of a mean.
Each such row is counted in `withheld`, with the visits behind what was withheld; of the totals, where no row was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.query.oracle_compare import beside, days_before, is_empty, numbers_of
from tests.query.oracle_visit import (
    Event,
    Visit,
    all_buckets,
    bucket,
    event_value,
    hour_of_week,
    is_event_dimension,
    is_step,
    local_range,
    matches,
    row_value,
    visits_of,
)

Query = dict[str, Any]


class Report:
    """One query over the rows of one site."""

    def __init__(self, events: Iterable[Event], query: Query, site: str, timezone: str, k: int, shared: bool) -> None:
        self.query, self.k, self.shared = query, k, shared
        self.zone = ZoneInfo(timezone)
        self.start, self.end = local_range(query["from"], query["to"], self.zone)
        self.visits = visits_of(events, site)
        self.filters = [tuple(each) for each in query.get("filters", [])]
        self.held = k > 1 and any(each[1] == "city" for each in self.filters)
        self.kept = self._kept()
        self.labels: dict[str, str] | None = None
        """Under which label a bucket is counted, where it is not its own; one without is counted nowhere."""

    def _in(self, instant: datetime | None) -> bool:
        return instant is not None and self.start <= instant < self.end

    def _kept(self) -> list[Visit]:
        touching = [visit for visit in self.visits if any(self._in(row.occurred_at) for row in visit.rows)]
        cities = [each for each in self.filters if each[1] == "city"]
        chosen = [visit for visit in touching if all(self._keeps(visit, f) for f in self.filters if f not in cities)]
        subjects: dict[str, set[UUID]] = defaultdict(set)
        for visit in chosen:
            subjects[visit.value("city", self.zone)].add(visit.subject)
        kept = []
        for visit in chosen:
            city = visit.value("city", self.zone)
            shown = elsewhere(visit) if city and len(subjects[city]) < self.k else city
            if all(matches(f[0], f[2], shown) != f[0].endswith("_not") for f in cities):
                kept.append(visit)
        return kept

    def _keeps(self, visit: Visit, each: Any) -> bool:
        operator, name, values = each
        if is_event_dimension(name):
            held = [event_value(row, name) for row in visit.rows]
            found = any(value is not None and matches(operator, values, value) for value in held)
        else:
            found = matches(operator, values, visit.value(name, self.zone))
        return found is not str(operator).endswith("_not")

    def _narrowed(self, row: Event) -> bool:
        """Whether the filters on dimensions of events leave this row in the count."""
        family = {"click": "click", "event": "event"}
        for operator, name, values in self.filters:
            if not is_event_dimension(name):
                continue
            negative = operator.endswith("_not")
            if name == "page":
                if matches(operator, values, row.path) == negative:
                    return False
            elif row.kind == family["event" if name in ("event", "currency") or ":" in name else "click"]:
                value = event_value(row, name)
                if (value is not None and matches(operator, values, value)) == negative:
                    return False
        return True

    # What is counted under which dims. A fact: (dims, visit, row or None for the visit itself).
    def _visit_facts(self, names: list[str]) -> set[tuple[tuple[str, ...], int]]:
        own = [name for name in names if is_event_dimension(name)]
        facts = set()
        for number, visit in enumerate(self.kept):
            if not self._in(visit.began):
                continue
            rows = self._dimension_rows(visit, own) if own else [None]
            for row in rows:
                facts.add((self._dims(visit, row, visit.began, names), number))
        return facts

    def _dimension_rows(self, visit: Visit, own: list[str]) -> list[Any]:
        decisive = [name for name in own if name != "page"] or ["page"]
        return [
            row
            for row in visit.rows
            if all(event_value(row, name) is not None for name in decisive) and self._narrowed(row)
        ]

    def _dims(self, visit: Visit, row: Event | None, instant: Any, names: list[str]) -> tuple[str, ...]:
        texts = []
        for name in names:
            if name.startswith("time:"):
                label = bucket(instant, name[5:], self.zone)
                texts.append(label if self.labels is None else self.labels.get(label, f"beyond {label}"))
            elif name == "hour_of_week":
                texts.append(hour_of_week(instant, self.zone))
            elif is_event_dimension(name):
                assert row is not None
                texts.append(str(row_value(row, name)))
            else:
                texts.append(visit.value(name, self.zone))
        return tuple(texts)

    def _row_facts(self, names: list[str], kinds: Callable[[Event], bool]) -> list[tuple[tuple[str, ...], int, Event]]:
        own = [name for name in names if is_event_dimension(name) and name != "page"]
        return [
            (self._dims(visit, row, row.occurred_at, names), number, row)
            for number, visit in enumerate(self.kept)
            for row in visit.rows
            if self._in(row.occurred_at)
            and kinds(row)
            and self._narrowed(row)
            and all(event_value(row, name) is not None for name in own)
        ]

    def groups(self, names: list[str]) -> tuple[dict[tuple[str, ...], list[Any]], dict[str, int]]:
        """The metrics of each group, and what was withheld."""
        metrics = self.query["metrics"]
        whole = not names or any(metric in VISIT_METRICS for metric in metrics)
        visits = self._visit_facts(names) if whole else set()
        rows = self._row_facts(names, lambda row: any(ROWS[m](row) for m in metrics if m in ROWS))
        visits, rows, withheld = self._fold(names, visits, rows)
        keys = {dims for dims, _ in visits} | {dims for dims, _, _ in rows}
        if self.labels is None and len(names) == 1 and names[0].startswith("time:"):
            keys |= {(label,) for label in all_buckets(names[0][5:], self.start, self.end, self.zone)}
        if not names:
            keys.add(())
        groups: dict[tuple[str, ...], list[Any]] = {}
        behind: set[int] = withheld.pop("numbers")
        for key in keys:
            own = [n for dims, n in visits if dims == key], [fact for fact in rows if fact[0] == key]
            thin = [self._thin(metric, *own) for metric in metrics]
            groups[key] = [
                NOTHING.get(metric, 0) if few else self._metric(metric, [self.kept[n] for n in own[0]], own[1])
                for metric, few in zip(metrics, thin, strict=True)
            ]
            withheld["rows"] += any(thin)
            behind |= {number for few in thin for number in few}
        return groups, {"rows": withheld["rows"], "visits": len(behind)}

    def _thin(self, metric: str, visits: list[int], facts: list[Any]) -> set[int]:
        """The visits behind a number, if a filter on the city is in force and they are of fewer than k subjects."""
        if metric in VISIT_METRICS:
            behind = set(visits)
            if metric == "visitors":
                behind = {number for number in visits if self.kept[number].visitor is not None}
            if metric.startswith("conversion"):
                behind = {number for number in visits if self._converted(self.kept[number])}
        else:
            counted = ROWS["pageviews" if metric == "time_on_page" else metric]
            behind = {number for _, number, row in facts if counted(row)}
        few = self.held and len({self.kept[number].subject for number in behind}) < self.k
        return behind if few else set()

    def _converted(self, visit: Visit) -> bool:
        return any(is_step(row, self.query.get("goal")) for row in visit.rows)

    def _fold(self, names: list[str], visits: Any, rows: Any) -> Any:
        texts = [name for name in names if not name.startswith("time:") and name != "hour_of_week"]
        if self.k <= 1 or not (self.held or (texts if self.shared else "city" in names)):
            return visits, rows, {"rows": 0, "numbers": set()}
        small = self._small(visits, rows)
        if not self.shared and not self.held:
            small = {dims for dims in small if dims[names.index("city")]}
        folded = {n for dims, n in visits if dims in small} | {n for dims, n, _ in rows if dims in small}

        def renamed(dims: tuple[str, ...], number: int) -> tuple[str, ...]:
            if dims not in small or "city" not in names or not dims[names.index("city")]:
                return dims
            return tuple(elsewhere(self.kept[number]) if n == "city" else t for n, t in zip(names, dims, strict=True))

        visits = {(renamed(dims, n), n) for dims, n in visits}
        rows = [(renamed(dims, n), n, row) for dims, n, row in rows]
        if self.shared or self.held:
            gone = self._small(visits, rows)
            visits = {fact for fact in visits if fact[0] not in gone}
            rows = [fact for fact in rows if fact[0] not in gone]
        return visits, rows, {"rows": len(small), "numbers": folded}

    def _small(self, visits: Any, rows: Any) -> set[tuple[str, ...]]:
        subjects: dict[tuple[str, ...], set[UUID]] = defaultdict(set)
        for dims, number, *_ in [*visits, *rows]:
            subjects[dims].add(self.kept[number].subject)
        return {dims for dims, people in subjects.items() if len(people) < self.k}

    def _metric(self, name: str, visits: list[Visit], facts: list[Any]) -> Any:
        if name in VISIT_METRICS:
            return self._visit_metric(name, visits)
        rows = [row for _, _, row in facts if ROWS[name](row)]
        views = sum(row.kind == "pageview" for row in rows)
        if name == "time_on_page":
            return sum(row.seconds or 0 for row in rows) / views if views else None
        if name == "scroll_depth":
            deepest: dict[Any, int] = {}
            for _, number, row in facts:
                if ROWS[name](row):
                    key = (number, row.path)
                    deepest[key] = max(deepest.get(key, 0), row.scroll)
            return sum(deepest.values()) / len(deepest) if deepest else None
        if name == "value":
            return float(sum(row.value for row in rows))
        return len(rows)

    def _visit_metric(self, name: str, visits: list[Visit]) -> Any:
        count = len(visits)
        if name == "visits":
            return count
        if name == "visitors":
            return len({visit.visitor for visit in visits if visit.visitor is not None})
        converted = [visit for visit in visits if self._converted(visit)] if name.startswith("conversion") else []
        if name == "conversions":
            return len(converted)
        totals: dict[str, Callable[[], float]] = {
            "conversion_rate": lambda: len(converted),
            "views_per_visit": lambda: sum(len(visit.views) for visit in visits),
            "bounce_rate": lambda: sum(visit.bounced for visit in visits),
            "visit_duration": lambda: sum(visit.duration for visit in visits),
        }
        return totals[name]() / count if count else None

    def recognised(self) -> float | None:
        visits = [visit for visit in self.kept if self._in(visit.began)]
        if self.held and len({visit.subject for visit in visits}) < self.k:
            return None
        return sum(visit.visitor is not None for visit in visits) / len(visits) if visits else None

    def currencies(self) -> set[str]:
        return {row.currency or "" for _, _, row in self._row_facts([], ROWS["value"])}


VISIT_METRICS = (
    "visits", "visitors", "views_per_visit", "bounce_rate", "visit_duration", "conversions", "conversion_rate",
)  # fmt: skip
NOTHING = dict.fromkeys(
    ("views_per_visit", "bounce_rate", "visit_duration", "conversion_rate", "time_on_page", "scroll_depth")
)
ROWS: dict[str, Callable[[Event], bool]] = {
    "pageviews": lambda row: row.kind == "pageview",
    "clicks": lambda row: row.kind == "click",
    "events": lambda row: row.kind == "event",
    "time_on_page": lambda row: row.kind == "pageview" or (row.kind == "leave" and row.seconds is not None),
    "scroll_depth": lambda row: row.kind == "leave" and row.scroll is not None,
    "value": lambda row: row.kind == "event" and row.value is not None,
}


def elsewhere(visit: Visit) -> str:
    country = visit.rows[0].country
    return f"elsewhere in {country}" if country is not None else "elsewhere"


def ordered(groups: dict[tuple[str, ...], list[Any]], query: Query, labels: list[str]) -> list[tuple[Any, ...]]:
    """The rows as asked, ties by the text of the dimensions; nothing (None) last."""
    rows = sorted(groups.items(), key=lambda item: tuple(text.encode() for text in item[0]))
    names, metrics = query.get("dimensions", []), query["metrics"]
    order = list(query.get("order", []))
    if not order:
        order = [(name, "asc") for name in names if name.startswith("time:")] + [(metrics[0], "desc")]
    for name, direction in reversed(order):
        down = direction == "desc"
        if name in metrics:
            at = metrics.index(name)
            rows.sort(key=lambda item: (item[1][at] is None, (item[1][at] or 0) * (-1 if down else 1)))
        else:
            at = names.index(name)
            natural: Callable[[str], Any] = str
            if name.startswith("time:"):
                natural = labels.index
            elif name == "hour_of_week":
                natural = int
            rows.sort(key=lambda item: natural(item[0][at]), reverse=down)
    start = query.get("offset", 0)
    return rows[start : start + query.get("limit", 100)]


def compare(rows: list[dict[str, Any]], before: Report, units: list[str], labels: list[str]) -> None:
    """Add to each row what it is compared with."""
    names, metrics = before.query.get("dimensions", []), before.query["metrics"]
    known = set(labels)
    if units:
        buckets = all_buckets(units[0], before.start, before.end, before.zone)
        before.labels, known = beside(units[0], labels, buckets)
    groups, withheld = before.groups(names)
    nothing = [NOTHING.get(metric, 0) for metric in metrics]
    for row in rows:
        if units and not known.intersection(row["dims"]):
            row["compare"] = [None for _ in metrics]
        else:
            row["compare"] = numbers_of(tuple(row["dims"]), groups, nothing, withheld["rows"] > 0, before.held)


def answer(events: list[Event], query: Query, site: str, timezone: str, k: int, shared: bool = False) -> dict[str, Any]:
    """The answer but for what is known of the store alone; `{"refused": field}` where the data forbids one."""
    report = Report(events, query, site, timezone, k, shared)
    names = query.get("dimensions", [])
    before = None
    if query.get("compare"):
        first, last = days_before(query["from"], query["to"], query["compare"], report.zone)
        if is_empty((first, last), report.zone):
            return {"refused": "from"}
        before = Report(events, query | {"from": first, "to": last}, site, timezone, k, shared)
    found = report.currencies() | (before.currencies() if before else set())
    if "value" in query["metrics"] and "currency" not in names and len(found) > 1:
        return {"refused": "metrics"}
    groups, withheld = report.groups(names)
    totals, of_totals = report.groups([])
    total = totals[()]
    if report.held and not withheld["rows"]:
        withheld = of_totals
    if "value" in query["metrics"] and len(report.currencies()) > 1:
        total[query["metrics"].index("value")] = None
    units = [name[5:] for name in names if name.startswith("time:")]
    labels = all_buckets(units[0], report.start, report.end, report.zone) if units else []
    rows = [{"dims": list(dims), "metrics": numbers} for dims, numbers in ordered(groups, query, labels)]
    if before:
        compare(rows, before, units, labels)
    return {
        "rows": rows,
        "totals": dict(zip(query["metrics"], total, strict=True)),
        "withheld": withheld,
        "recognised": report.recognised(),
    }
