"""`POST /api/v1/query`: what may be asked, checked before anything reads the store."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import msgspec

from dashboard.query.bad_query import BadQuery, check_count, check_range, check_text, decode_strict, quoted
from dashboard.query.dimensions import Dimension, dimension
from dashboard.query.filters import Filter, check_filters
from dashboard.query.metrics import GOAL_METRICS, NAMES, metric
from dashboard.query.patterns import Step, check_step
from dashboard.query.period import LocalRange, parse_range

__all__ = ["BadQuery", "QueryRequest", "decode"]

MOST_ROWS = 10_000
MOST_OFFSET = 1_000_000
_MOST_DIMENSIONS = 4
_MOST_ORDER = 10


class QueryRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One query; REPORTS says what each name means. Building one checks it: BadQuery names the field at fault."""

    site: str
    start: str = msgspec.field(name="from")
    """First local day (`2026-10-01`) or local time (`2026-10-01T14:30`) of the range."""
    end: str = msgspec.field(name="to")
    """Last local day, or the last second, of the range."""
    metrics: list[str]
    dimensions: list[str] = []
    filters: list[Filter] = []
    compare: Literal["previous", "year"] | None = None
    order: list[tuple[str, Literal["asc", "desc"]]] = []
    """Metrics or dimensions of the query. Without it: time ascending, else the first metric descending."""
    limit: int = 100
    offset: int = 0
    goal: Step | list[Step] | None = None

    most_rows: ClassVar[int] = MOST_ROWS

    def __post_init__(self) -> None:
        check_text("site", self.site)
        parse_range(self.start, self.end)
        self._check_metrics()
        self._check_dimensions()
        check_filters(self.filters)
        self._check_order()
        check_range("limit", self.limit, 0, self.most_rows)
        check_range("offset", self.offset, 0, MOST_OFFSET)
        if self.goal is not None:
            check_step("goal", self.goal)
        elif GOAL_METRICS & set(self.metrics):
            raise BadQuery("goal", "Conversions need a `goal`, a step whose visits are counted.")

    @property
    def range(self) -> LocalRange:
        """`from` and `to`, read."""
        return parse_range(self.start, self.end)

    def _check_metrics(self) -> None:
        if not self.metrics:
            raise BadQuery("metrics", f"Name at least one of {', '.join(NAMES)}.")
        _check_distinct("metrics", self.metrics, len(NAMES))
        for number, name in enumerate(self.metrics):
            if name not in NAMES:
                raise BadQuery(
                    f"metrics[{number}]", f"There is no such metric as {quoted(name)}; choose from {', '.join(NAMES)}."
                )

    def _check_dimensions(self) -> None:
        _check_distinct("dimensions", self.dimensions, _MOST_DIMENSIONS)
        found = [dimension(name, f"dimensions[{number}]", "check") for number, name in enumerate(self.dimensions)]
        if sum(each.name.startswith("time:") for each in found) > 1:
            raise BadQuery("dimensions", "Ask for one time bucket at a time.")
        check_families(found, self.metrics)

    def _check_order(self) -> None:
        check_count("order", len(self.order), _MOST_ORDER)
        for number, (name, _) in enumerate(self.order):
            if name not in self.metrics and name not in self.dimensions:
                raise BadQuery(
                    f"order[{number}][0]",
                    f"The query does not ask for {quoted(name)}; order by one of its metrics or dimensions.",
                )


def _check_distinct(field: str, names: Sequence[str], most: int) -> None:
    check_count(field, len(names), most)
    if len(set(names)) < len(names):
        raise BadQuery(field, "Name each of them once.")


def family_of(found: Sequence[Dimension]) -> str | None:
    """The kind of event that the rows of these dimensions are: click or event before the page they happened on."""
    families = {each.family for each in found if each.family}
    return next(iter(families - {"page"}), "page" if families else None)


def check_families(found: Sequence[Dimension], metrics: Sequence[str]) -> None:
    """Refuse two kinds of event at once: dimensions of both, or a metric of one under a dimension of the other."""
    names = {each.family if each.family != "click" else each.name for each in found if each.family}
    if len(names - {"page"}) > 1:
        raise BadQuery("dimensions", "Two kinds of event at once cannot be counted; ask for one.")
    family = family_of(found)
    for number, name in enumerate(metrics):
        asked = metric(name)
        if family and asked.rows and family not in asked.families:
            raise BadQuery(f"metrics[{number}]", f"{name} has no rows of the kind {family}; ask for one kind at once.")


def decode(body: bytes) -> QueryRequest:
    """The query of a request's JSON body; raises BadQuery."""
    return decode_strict(body, QueryRequest)
