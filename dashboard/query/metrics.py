"""The closed table of metrics: which facts each needs and how it is computed from them (columns of facts*.sql)."""

from dataclasses import dataclass

from dashboard.query.dimensions import CLICKS, EVENTS, PAGE

PAGEVIEWS = "e.kind = 'pageview'"
"""The rows of page views: the one kind of which a visit knows how many it has."""
_CLICKS = "e.kind = 'click'"
_EVENTS = "e.kind = 'event'"
_SECONDS = "e.kind = 'leave' AND e.seconds IS NOT NULL"
_SCROLL = "e.kind = 'leave' AND e.scroll IS NOT NULL"
_VALUE = "e.kind = 'event' AND e.value IS NOT NULL"

_OF_VISIT = "fact = 'visit'"
_OF_VIEW = "fact = 'event' AND kind = 'pageview'"

_ALL = frozenset({PAGE})
_VIEWS_SQL = "coalesce(sum(n) FILTER (fact = 'event' AND kind = 'pageview'), 0)::BIGINT"
_VISITS_SQL = "count(*) FILTER (fact = 'visit')"


@dataclass(frozen=True)
class Metric:
    """One number: counted over whole visits, or over the rows of events by their own time."""

    name: str
    sql: str
    rows: tuple[str, ...] = ()
    """For a metric of events: the events `e` it is counted over; empty for a metric of visits."""
    families: frozenset[str] = _ALL
    """For a metric of events: the kinds of event whose dimensions it can be broken down by."""

    empty: float | None = 0
    """The number of nothing: nought of a count, none of a mean or a share."""
    speaks_of: str = _OF_VISIT
    """The facts whose subjects are counted against k where every number is held to it."""

    @property
    def held(self) -> str:
        """Its SQL where every number is held to k: the number of nothing when fewer than k subjects are behind it."""
        few = f"count(DISTINCT mark) FILTER ({self.speaks_of}) BETWEEN 1 AND $k - 1"
        return f"CASE WHEN {few} THEN {'NULL' if self.empty is None else self.empty} ELSE {self.sql} END"

    @property
    def of_visits(self) -> bool:
        """Whether it is counted over whole visits."""
        return not self.rows


_TABLE = {
    metric.name: metric
    for metric in (
        Metric("visits", _VISITS_SQL),
        Metric(
            "visitors",
            "count(DISTINCT visitor) FILTER (fact = 'visit')",
            speaks_of=f"{_OF_VISIT} AND visitor IS NOT NULL",
        ),
        Metric("views_per_visit", f"sum(views) / nullif({_VISITS_SQL}, 0)", empty=None),
        Metric("bounce_rate", "avg(bounced::INTEGER)", empty=None),
        Metric("visit_duration", "avg(duration)", empty=None),
        Metric("conversions", "count(*) FILTER (converted)", speaks_of="converted"),
        Metric("conversion_rate", "avg(converted::INTEGER)", empty=None, speaks_of="converted"),
        Metric("pageviews", _VIEWS_SQL, (PAGEVIEWS,), speaks_of=_OF_VIEW),
        Metric(
            "clicks",
            "coalesce(sum(n) FILTER (fact = 'event' AND kind = 'click'), 0)::BIGINT",
            (_CLICKS,),
            frozenset({PAGE, CLICKS}),
            speaks_of="fact = 'event' AND kind = 'click'",
        ),
        Metric(
            "events",
            "coalesce(sum(n) FILTER (fact = 'event' AND kind = 'event'), 0)::BIGINT",
            (_EVENTS,),
            frozenset({PAGE, EVENTS}),
            speaks_of="fact = 'event' AND kind = 'event'",
        ),
        Metric(
            "time_on_page",
            f"coalesce(sum(seconds), 0) / nullif({_VIEWS_SQL}, 0)",
            (PAGEVIEWS, _SECONDS),
            empty=None,
            speaks_of=_OF_VIEW,
        ),
        Metric("scroll_depth", "avg(deepest)", (_SCROLL,), empty=None, speaks_of="fact = 'scroll'"),
        Metric(
            "value",
            "coalesce(sum(value), 0)::DOUBLE",
            (_VALUE,),
            frozenset({PAGE, EVENTS}),
            speaks_of="fact = 'event' AND value IS NOT NULL",
        ),
    )
}

NAMES = tuple(_TABLE)
GOAL_METRICS = frozenset({"conversions", "conversion_rate"})


def metric(name: str) -> Metric:
    """The metric of that name; KeyError if there is none."""
    return _TABLE[name]
