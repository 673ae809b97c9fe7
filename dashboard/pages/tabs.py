"""The panels of the overview: which lists share a place, and which dimension each one shows."""

import msgspec


class Tab(msgspec.Struct, frozen=True):
    """One list: its name in addresses, its dimension, the metric that orders it, and a dimension to tell rows apart.

    `only` is the one value of `beside` whose rows are listed.
    """

    name: str
    dimension: str
    metric: str = "visits"
    beside: str = ""
    only: str = ""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the report is asked for."""
        return (self.dimension, self.beside) if self.beside else (self.dimension,)


class Panel(msgspec.Struct, frozen=True):
    """Lists that take turns in one place; the first is shown unless the address says otherwise."""

    name: str
    tabs: tuple[Tab, ...]


PANELS = (
    Panel("pages", (Tab("pages", "page"), Tab("entry", "entry_page"), Tab("exit", "exit_page"))),
    Panel(
        "sources",
        (
            Tab("channels", "channel"),
            Tab("sources", "source"),
            Tab("campaigns", "utm_campaign"),
            Tab("ads", "ad"),
            *(Tab(name, name) for name in ("utm_source", "utm_medium", "utm_content", "utm_term")),
        ),
    ),
    Panel("places", (Tab("countries", "country"), Tab("cities", "city", beside="country"), Tab("map", "country"))),
    Panel(
        "tech",
        (
            Tab("browsers", "browser"),
            Tab("versions", "browser_version"),
            Tab("systems", "os"),
            Tab("devices", "device"),
        ),
    ),
    Panel(
        "actions",
        (
            Tab("clicks", "click", "clicks"),
            Tab("outbound", "outbound", "clicks"),
            Tab("downloads", "download", "clicks"),
            Tab("forms", "form", "clicks"),
            Tab("events", "event", "events"),
            Tab("missing", "page", "events", beside="event", only="404"),
        ),
    ),
    Panel("returning", (Tab("returning", "returning"),)),
)
TABS = {tab.name: tab for panel in PANELS for tab in panel.tabs}
