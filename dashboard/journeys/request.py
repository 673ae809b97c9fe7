"""`POST /api/v1/journeys` and `/funnel`: what may be asked, checked before anything reads the store.

A step is a glob, or a list of them: `*` any run of characters, `?` any one; a backslash before `*`, `?` or a backslash
takes its meaning away (patterns.glob_to_regex).
"""

from typing import Literal

import msgspec

from dashboard.query.bad_query import BadQuery, check_range, check_text, decode_strict
from dashboard.query.filters import Filter, check_filters
from dashboard.query.patterns import Step, alternatives, check_step
from dashboard.query.period import LocalRange, parse_range

Kind = Literal["page", "click", "event"]
Group = Literal["path", "folder", "pattern"]

MOST_STEPS = 10
MOST_NODES = 50
MOST_ROWS = 1000
MOST_OFFSET = 1_000_000


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What both requests ask of the visits and of their steps."""

    site: str
    start_day: str = msgspec.field(name="from")
    """As `from` of a query: the visits that began in the range are counted, with all their steps."""
    end_day: str = msgspec.field(name="to")
    filters: list[Filter] = []
    group: Group = "path"
    """`path`: each page by its path. `folder`: by its first folder, `/blog/a` as `/blog/*`; a page in none is itself.
    `pattern`: by the first of the site's patterns that matches; a page that none matches is itself."""
    include: list[Kind] = msgspec.field(default_factory=lambda: ["page"])

    @property
    def range(self) -> LocalRange:
        """`from` and `to`, read."""
        return parse_range(self.start_day, self.end_day)

    def _check_visits(self) -> None:
        check_text("site", self.site)
        parse_range(self.start_day, self.end_day)
        check_filters(self.filters)
        if not self.include or len(set(self.include)) < len(self.include):
            raise BadQuery("include", "Name one or more of page, click, event, each once.")

    def _check_step(self, field: str, step: Step | list[Step]) -> None:
        check_step(field, step)
        if not {kind for each in alternatives(step) for kind in each} <= set(self.include):
            raise BadQuery(field, "Add the kind of this step to `include`.")


class JourneyRequest(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One journey report. Building one checks it: BadQuery names the field at fault."""

    start: Step | list[Step] | None = None
    end: Step | list[Step] | None = None
    through: Step | list[Step] | None = None
    steps: int = 5
    """Columns from the anchor on, or up to it; around a `through`, columns on each side of it."""
    top: int = 8
    """Nodes a column shows by name."""
    open: int | None = None
    """A column, counted from 0, whose *other* is listed node by node."""
    focus: str | None = None
    """The id of a named node, of which is told how long visits are there."""
    limit: int = 50
    """Of the opened *other*: how many nodes, after how many."""
    offset: int = 0

    def __post_init__(self) -> None:
        self._check_visits()
        anchors = [name for name in ("start", "end", "through") if getattr(self, name) is not None]
        if len(anchors) > 1:
            raise BadQuery(anchors[1], "Give one of start, end and through.")
        for name in anchors:
            self._check_step(name, getattr(self, name))
        check_range("steps", self.steps, 1, MOST_STEPS)
        check_range("top", self.top, 1, MOST_NODES)
        check_range("limit", self.limit, 0, MOST_ROWS)
        check_range("offset", self.offset, 0, MOST_OFFSET)
        if self.focus is not None:
            check_text("focus", self.focus)
        if self.open is not None:
            check_range("open", self.open, 0, self.columns - 1)

    @property
    def columns(self) -> int:
        """How many columns the report has."""
        return 2 * self.steps + 1 if self.through is not None else self.steps

    @property
    def anchor_column(self) -> int:
        """The column, counted from 0, in which the anchor stands."""
        if self.through is not None:
            return self.steps
        return self.steps - 1 if self.end is not None else 0


class FunnelRequest(_Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One funnel of 2 to 8 steps. Building one checks it: BadQuery names the field at fault."""

    steps: list[Step | list[Step]]
    mode: Literal["strict", "loose"] = "loose"
    """`strict`: each step is the very next one, from the first occurrence of the first. `loose`: any later one."""
    top: int = 8
    """How many of the next steps of those who dropped out are named."""

    def __post_init__(self) -> None:
        self._check_visits()
        if not 2 <= len(self.steps) <= 8:
            raise BadQuery("steps", "Give 2 to 8 steps.")
        for number, step in enumerate(self.steps):
            self._check_step(f"steps[{number}]", step)
        check_range("top", self.top, 1, MOST_NODES)


def decode_journey(body: bytes) -> JourneyRequest:
    """The journey report of a request's JSON body; raises BadQuery."""
    return decode_strict(body, JourneyRequest)


def decode_funnel(body: bytes) -> FunnelRequest:
    """The funnel of a request's JSON body; raises BadQuery."""
    return decode_strict(body, FunnelRequest)
