"""The page about volume: the week as a map, the busiest moments, and what they ask of the server."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard.auth import Session
from dashboard.charts.heat import STEPS, draw_heat
from dashboard.context import dashboard_of
from dashboard.dates import days, named_moment, weekdays
from dashboard.numbers import decimal, whole
from dashboard.pages.figures import percent, size
from dashboard.pages.reports import reports_of
from dashboard.pages.shell import here_of, shell, view_of
from dashboard.query.volume import days_before, volume
from dashboard.render import page
from dashboard.texts import say
from dashboard.volume.capacity import Capacity, capacity


async def show_volume(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/volume`."""
    here = await here_of(request)
    dashboard = dashboard_of(request)
    facts = dashboard.facts(here.site)
    view = view_of(request, here, "volume")
    async with reports_of(dashboard, here.site) as reports:
        values = await shell(here, view, reports)
    found = await volume(dashboard.store, facts, here.now)
    needs = await capacity(dashboard.store, dashboard.state, facts, here.now)
    about = days_before(here.now.date())
    values |= {
        "days": days(about.first, about.last),
        "heat": list(zip(weekdays(), draw_heat(found["hour_of_week"]), strict=True)),
        "steps": range(STEPS + 1),
        "figures": _figures(found),
        "means": _means(needs),
        "any": needs.events > 0,
    }
    return page(request, "volume.html", session, 200, **values)


def _figures(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Label, number and what it is of."""
    figures = []
    for name in ("busiest_hour", "busiest_minute"):
        busy = found[name]
        figures.append((say(f"volume_{name}"), _moment(busy["at"]) if busy else "–", _views(busy)))
    growth = found["growth"]
    if growth is None:
        return [*figures, (say("volume_growth"), "–", say("volume_growth_none"))]
    sign = "+" if growth > 0 else "−" if growth < 0 else ""
    return [*figures, (say("volume_growth"), sign + percent(abs(growth)), say("volume_growth_of"))]


def _views(busy: dict[str, Any] | None) -> str:
    return say("volume_pageviews", count=whole(busy["pageviews"])) if busy else ""


def _moment(text: str) -> str:
    return named_moment(datetime.fromisoformat(text))


def _means(needs: Capacity) -> list[str]:
    told = []
    if needs.peak:
        peak = needs.peak
        told.append(
            say(
                "volume_peak",
                when=_moment(peak.at),
                requests=decimal(peak.requests_per_second, 2),
                events=whole(peak.events),
                asks=whole(peak.asks),
            )
        )
    if needs.disk:
        disk = needs.disk
        told.append(
            say(
                "volume_disk",
                each=whole(disk.bytes_per_event),
                events=whole(needs.events_per_day),
                day=size(disk.bytes_per_day),
                year=size(disk.bytes_per_year),
            )
        )
        told.append(say("volume_store", events=whole(disk.store_events), size=size(disk.store_bytes)))
    return told
