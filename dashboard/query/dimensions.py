"""The closed table of dimensions. Names outside it are refused, so no text of a request becomes SQL."""

from dataclasses import dataclass, field

from dashboard.query.bad_query import BadQuery, check_text, quoted
from dashboard.query.statement import Params

TIME_UNITS = ("minute", "hour", "day", "week", "month")
CLICKS = "click"
EVENTS = "event"
PAGE = "page"

_MAX_KEY = 64  # characters of a property's name, as on the wire

# {time} is the visit's beginning or the event's own time; `zone` is joined to it (sql/by_offset.sql).
_LOCAL = "({time} + to_seconds(zone.seconds))"
_HOUR_OF_WEEK = f"(isodow({_LOCAL}) - 1) * 24 + hour({_LOCAL})"


@dataclass(frozen=True)
class Dimension:
    """One dimension of a query.

    A dimension of a visit reads columns of the visit (`v`), a dimension of an event columns of the event (`e`);
    both give text, '' for NULL. Those of time read a table that is joined to them (`bucket`, `zone`).
    """

    name: str
    sql: str
    family: str | None = None
    """For a dimension of an event: which kind of event it speaks of (page, click, event)."""
    rows: str = ""
    """For a dimension of an event: which events `e` it is a dimension of."""
    natural: str = ""
    """SQL of its natural order, where that is not the order of its text."""
    params: Params = field(default_factory=dict)

    @property
    def is_step(self) -> bool:
        """Whether the steps that a visit is stored with tell it, each of them another text."""
        return self.name in (PAGE, "outbound", "download", "form", EVENTS)

    @property
    def is_time(self) -> bool:
        """Whether it reads the clock: the visit's beginning, or the event's own time."""
        return self.name.startswith("time:") or self.name == "hour_of_week"


def _visit(name: str, sql: str) -> Dimension:
    return Dimension(name, sql)


def _clicks(name: str, only: str = "") -> Dimension:
    rows = "e.kind = 'click'" + (f" AND e.target_kind = '{only}'" if only else "")
    return Dimension(name, "coalesce(e.target, '')", CLICKS, rows)


_TABLE = {
    dimension.name: dimension
    for dimension in (
        # A pageview without a source came directly; so did, for want of other knowledge, a visit without a pageview.
        _visit("source", "coalesce(v.source, 'Direct')"),
        _visit("channel", "coalesce(v.channel, 'Direct')"),
        *(_visit(name, f"coalesce(v.{name}, '')") for name in (
            "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "ad",
            "country", "city", "browser", "os", "device", "host", "entry_page", "exit_page", "notice",
        )),
        _visit("browser_version", "concat_ws(' ', v.browser, v.browser_major)"),
        _visit("returning", "v.returning"),
        Dimension("hour_of_week", f"({_HOUR_OF_WEEK})::VARCHAR", natural=_HOUR_OF_WEEK),
        *(Dimension(f"time:{unit}", "bucket.label", natural="bucket.number") for unit in TIME_UNITS),
        Dimension("page", "e.path", PAGE, "e.kind = 'pageview'"),
        _clicks("click"),
        _clicks("outbound", "outbound"),
        _clicks("download", "download"),
        _clicks("form", "form"),
        Dimension("event", "coalesce(e.target, '')", EVENTS, "e.kind = 'event'"),
        Dimension("currency", "coalesce(e.currency, '')", EVENTS, "e.kind = 'event'"),
    )
}  # fmt: skip

NAMES = (*_TABLE, "prop:<key>")


def dimension(name: str, where: str, slot: str) -> Dimension:
    """The dimension of that name; BadQuery on `where` if there is none. A property's key is bound as `$key_<slot>`."""
    if name in _TABLE:
        return _TABLE[name]
    prefix, _, key = name.partition(":")
    if prefix == "prop" and key:
        check_text(where, key)
        if len(key) > _MAX_KEY:
            raise BadQuery(where, f"A property's key has at most {_MAX_KEY} characters.")
        bound = f"key_{slot}"
        sql = f"coalesce((e.props::JSON::MAP(VARCHAR, VARCHAR))[${bound}], '')"
        return Dimension(name, sql, EVENTS, "e.kind = 'event'", params={bound: key})
    raise BadQuery(where, f"There is no such dimension as {quoted(name)}; choose from {', '.join(NAMES)}.", "dimension")
