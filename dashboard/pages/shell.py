"""What every page of a site shares: its header, its range, its filters, and when its numbers end."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request

from collector.state.site import Site
from dashboard.context import dashboard_of
from dashboard.dates import clock, moment
from dashboard.pages.filters import OPERATORS, Filter
from dashboard.pages.names import DIMENSIONS, called, dimension_called
from dashboard.pages.periods import DEFAULT, PERIODS
from dashboard.pages.reports import Reports
from dashboard.pages.view import COMPARISONS, View, read_view
from dashboard.pulse import pulse, seen
from dashboard.texts import say

LATE = timedelta(minutes=1)
"""A load follows an event within two seconds; what is later than this by much waits for something."""
NO_DATES: dict[str, str | None] = {"from": None, "to": None}


class Here(msgspec.Struct, frozen=True):
    """A site, its time zone, and now on its clock."""

    site: Site
    zone: ZoneInfo
    now: datetime


class Choice(msgspec.Struct, frozen=True):
    """One entry of a menu."""

    label: str
    url: str
    chosen: bool


class Chip(msgspec.Struct, frozen=True):
    """One filter as it is shown, and the address without it."""

    label: str
    url: str
    help: str


def site_of(request: Request) -> Site:
    """The site in the address. Raises a 404 when there is none."""
    site = dashboard_of(request).follower.sites.get(request.path_params["site"])
    if site is None:
        raise HTTPException(404)
    return site


async def here_of(request: Request) -> Here:
    """The site in the address and the time there. Raises a 404 when there is no such site."""
    site = site_of(request)
    zone = await dashboard_of(request).zone(site.timezone)
    return Here(site, zone, datetime.now(zone))


def view_of(request: Request, here: Here, page: str, names: tuple[str, ...] = ()) -> View:
    """What the address asks this page for. Raises PageRefused."""
    return read_view(here.site.name, page, request.query_params, names, here.now.date())


def added_filter(request: Request, view: View) -> str | None:
    """The address that the filter form leads to, when it was sent."""
    sent = request.query_params
    if not sent.get("fd"):
        return None
    operator = sent.get("fo", "is")
    return view.with_filter_url(Filter(operator if operator in OPERATORS else "is", sent["fd"], (sent.get("fv", ""),)))


async def shell(here: Here, view: View, reports: Reports) -> dict[str, Any]:
    """The values that a page of a site needs besides its own."""
    complete = reports.store.complete_to.astimezone(here.zone)
    now = await pulse(reports.store, reports.facts, here.now)
    return {
        "site": here.site,
        "view": view,
        "k": reports.facts.k,
        "periods": _periods(view),
        "comparisons": [
            Choice(
                say(f"compare_{name}"),
                view.url(compare=None if name == COMPARISONS[0] else name),
                name == (view.compare or "none"),
            )
            for name in COMPARISONS
        ],
        "chips": [_chip(one, view) for one in view.filters],
        "operators": [(name, say(f"op_{name}")) for name in OPERATORS],
        "dimensions": sorted(((name, dimension_called(name)) for name in DIMENSIONS), key=lambda one: one[1]),
        "complete_at": complete.isoformat(),
        "complete_to": clock(complete) if complete.date() == here.now.date() else moment(complete),
        "late": say("complete_late") if here.now - complete > LATE else "",
        "live_visits": now["visits"],
        "seen": seen(now),
    }


def _periods(view: View) -> list[Choice]:
    return [
        Choice(
            say(f"period_{name}"), view.url(period=None if name == DEFAULT else name, **NO_DATES), name == view.period
        )
        for name in PERIODS
    ]


def _chip(one: Filter, view: View) -> Chip:
    values = ", ".join(called(one.dimension, value) for value in one.values)
    label = f"{dimension_called(one.dimension)} {say(f'op_{one.operator}')} {values}"
    return Chip(label, view.without_url(one), say("filter_remove", filter=label))
