"""What a shared page may be asked for: a preset range of whole days, a metric, a list. Anything else is refused."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from dashboard.pages.filters import Filter
from dashboard.pages.metrics import BY_NAME
from dashboard.pages.periods import DEFAULT, PERIODS
from dashboard.pages.refused import PageRefused
from dashboard.pages.tabs import PANELS, Panel
from dashboard.pages.view import View
from dashboard.texts import say


def _ended(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days), today - timedelta(days=1))


# They end yesterday: of a day that runs, two looks a minute apart would tell of one visit.
SHARED_PERIODS: dict[str, Callable[[date], tuple[date, date]]] = {
    "7d": _ended(7),
    "30d": _ended(30),
    "90d": _ended(90),
    "last-month": PERIODS["last-month"],
    "12m": _ended(365),
}
# A list of some values of a dimension alone is a filter.
SHARED_PANELS = tuple(Panel(panel.name, tuple(tab for tab in panel.tabs if not tab.only)) for panel in PANELS)
CHOICES: dict[str, tuple[str, ...]] = {
    "period": tuple(SHARED_PERIODS),
    "metric": tuple(BY_NAME),
    **{panel.name: tuple(tab.name for tab in panel.tabs) for panel in SHARED_PANELS},
}


class SharedView(View, frozen=True):
    """A view whose addresses stay behind the link at `base`; no row leads to a filter."""

    base: str = ""

    def toggle_url(self, operator: str, *pairs: tuple[str, str]) -> str:
        """Nowhere."""
        return ""

    def _address(self, page: str, state: Mapping[str, str | None], filters: tuple[Filter, ...]) -> str:
        pairs = [(key, value) for key, value in state.items() if value]
        return self.base + ("?" + urlencode(pairs) if pairs else "")


def read_shared_view(site: str, base: str, params: QueryParams, today: date) -> SharedView:
    """The view an address asks for. Raises PageRefused for whatever is not among CHOICES."""
    for name, value in params.multi_items():
        if value not in CHOICES.get(name, ()):
            raise PageRefused(say("shared_choice"))
    state = dict(params)
    period = state.get("period", DEFAULT)
    start, end = SHARED_PERIODS[period](today)
    return SharedView(
        site=site,
        page="",
        start=start,
        end=end,
        period=period,
        compare="previous",
        filters=(),
        state=state,
        base=base,
    )
