"""What a page shows, read from its address, and the addresses of what it could show next."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import quote, urlencode

import msgspec
from starlette.datastructures import QueryParams

from dashboard.dates import days
from dashboard.pages.filters import MOST, Filter, parse_filter, toggled
from dashboard.pages.periods import CUSTOM, DEFAULT, EARLIEST, LATEST, PERIODS
from dashboard.pages.refused import PageRefused
from dashboard.texts import say

COMPARISONS = ("previous", "year", "none")


class View(msgspec.Struct, frozen=True):
    """One state of one page. `state` holds what differs from the defaults, in the order of the address."""

    site: str
    page: str
    start: date
    end: date
    period: str
    compare: str
    filters: tuple[Filter, ...]
    state: dict[str, str]

    @property
    def days(self) -> str:
        """The range in words."""
        return days(self.start, self.end)

    @property
    def compared_days(self) -> str:
        """The range compared with, in words; empty without comparison."""
        if self.compare == "previous":
            length = self.end - self.start + timedelta(days=1)
            return days(self.start - length, self.end - length)
        if self.compare == "year":
            return days(_year_before(self.start), _year_before(self.end))
        return ""

    def url(self, page: str | None = None, /, **changes: str | None) -> str:
        """The address of this view with changes; None removes. A change of page keeps range and filters alone."""
        state = self.state if page is None else {key: self.state[key] for key in KEPT if key in self.state}
        merged = {**state, **{key.replace("_", "-"): value for key, value in changes.items()}}
        return self._address(self.page if page is None else page, merged, self.filters)

    def toggle_url(self, operator: str, *pairs: tuple[str, str]) -> str:
        """The address after a click on a row of these dimensions and values: all on, or all off when all were on."""
        chosen = [Filter(operator, dimension, (value,)) for dimension, value in pairs]
        filters, off = self.filters, all(one in self.filters for one in chosen)
        for one in chosen:
            filters = toggled(filters, one) if off or one not in filters else filters
        return self._address(self.page, dict(self.state), filters)

    def without_url(self, removed: Filter) -> str:
        """The address after a filter was taken away."""
        return self._address(self.page, dict(self.state), tuple(one for one in self.filters if one != removed))

    def with_filters_url(self, filters: tuple[Filter, ...]) -> str:
        """The address with these filters in place of its own."""
        return self._address(self.page, dict(self.state), filters)

    def with_filter_url(self, added: Filter) -> str:
        """The address after a filter was added by the form."""
        filters = self.filters if added in self.filters else (*self.filters, added)
        return self._address(self.page, dict(self.state), filters)

    def has(self, dimension: str, value: str) -> bool:
        """Whether a row is one that the filters ask for."""
        return any(one.operator == "is" and one.dimension == dimension and value in one.values for one in self.filters)

    def hidden(self, *but: str) -> list[tuple[str, str]]:
        """The fields by which a GET form keeps the rest of the state."""
        kept = [(key, value) for key, value in self.state.items() if key not in but]
        return kept + [("f", one.encoded()) for one in self.filters]

    def _address(self, page: str, state: Mapping[str, str | None], filters: tuple[Filter, ...]) -> str:
        pairs = [(key, value) for key, value in state.items() if value]
        pairs += [("f", one.encoded()) for one in filters]
        path = f"/sites/{quote(self.site)}" + (f"/{page}" if page else "")
        return path + ("?" + urlencode(pairs, safe=":/,*", quote_via=quote) if pairs else "")


KEPT = ("period", "from", "to", "compare")


def offset_of(view: View, most: int) -> int:
    """How many rows the address passes over. Raises PageRefused beyond `most`, and for what is no number."""
    text = view.state.get("offset", "0")
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        raise PageRefused(say("bad_offset", most=most))
    return int(text)


def read_view(site: str, page: str, params: QueryParams, names: tuple[str, ...], today: date) -> View:
    """The view an address asks for; `names` are the page's own parameters. Raises PageRefused."""
    filters = tuple(parse_filter(text) for text in params.getlist("f") if text)
    if len(filters) > MOST:
        raise PageRefused(say("too_many_filters", most=MOST))
    state = {name: ",".join(filter(None, params.getlist(name))) for name in (*KEPT, *names)}
    state = {name: value for name, value in state.items() if value}
    period, start, end = _range(state, today)
    compare = state.get("compare", "previous")
    if compare not in COMPARISONS:
        raise PageRefused(say("bad_compare"))
    return View(
        site=site,
        page=page,
        start=start,
        end=end,
        period=period,
        compare="" if compare == "none" else compare,
        filters=tuple(dict.fromkeys(filters)),
        state=state,
    )


def _range(state: dict[str, str], today: date) -> tuple[str, date, date]:
    if "from" in state or "to" in state:
        state.pop("period", None)
        start, end = _date(state.get("from", ""), "from"), _date(state.get("to", ""), "to")
        if start > end:
            raise PageRefused(say("range_reversed"))
        return CUSTOM, start, end
    period = state.get("period", DEFAULT)
    if period not in PERIODS:
        raise PageRefused(say("bad_period"))
    return period, *PERIODS[period](today)


def _date(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise PageRefused(say("bad_date", field=field)) from None
    if not EARLIEST <= day <= LATEST:
        raise PageRefused(say("bad_date", field=field))
    return day


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
