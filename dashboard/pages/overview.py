"""The overview of a site: the headline, the line over time, and the lists."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.annotations import list_annotations
from collector.state.segments import list_segments
from dashboard.auth import Session
from dashboard.auth_access import Need, may
from dashboard.charts.trend import Bucket, Trend, draw_trend
from dashboard.context import dashboard_of
from dashboard.coverage import Coverage, coverage
from dashboard.dates import clock, month, named_day, named_moment, short_day, short_month
from dashboard.numbers import whole
from dashboard.pages.annotations import marks
from dashboard.pages.figures import percent, shown
from dashboard.pages.filters import Filter
from dashboard.pages.lists import Listing, listing
from dashboard.pages.metrics import BY_NAME, HEADLINE, Metric
from dashboard.pages.moved import Moved, moved
from dashboard.pages.periods import resolutions, trend_bucket
from dashboard.pages.reports import Report, Reports, reports_of
from dashboard.pages.segments import entries
from dashboard.pages.setup import setup_values
from dashboard.pages.shell import Choice, Here, added_filter, here_of, shell, view_of
from dashboard.pages.tabs import PANELS, Panel, Tab
from dashboard.pages.view import View
from dashboard.pages.world import MOST
from dashboard.query.period import LocalRange
from dashboard.render import page
from dashboard.texts import say

ROWS = 8  # lines of a list
BUCKETS = 2500  # more than any range is divided into: 200 years by the month
NAMES = ("metric", "by", *(panel.name for panel in PANELS))


class Figure(msgspec.Struct, frozen=True):
    """One number of the headline: what it is, how it changed, whom it is of."""

    name: str
    label: str
    value: str
    moved: Moved | None
    note: str
    help: str
    url: str
    chosen: bool


async def overview(request: Request, session: Session) -> Response:
    """`GET /sites/<site>`."""
    here = await here_of(request)
    site = here.site
    view = view_of(request, here, "", NAMES)
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    metric = BY_NAME.get(view.state.get("metric", ""), HEADLINE[0])
    async with reports_of(dashboard_of(request), site) as reports:
        values = await shell(here, view, reports)
        head = await reports.of(view, [one.name for one in HEADLINE], compare=True)
        values |= headline(head, view, metric) | {"running": view.end >= here.now.date()}
        values |= asked(
            await coverage(dashboard_of(request).state, site.name, LocalRange(view.start, view.end), here.zone)
        )
        values |= await written(request, session, view)
        if head["totals"]["visits"] or head["totals"]["pageviews"]:
            values |= await details(reports, here, view, metric, head)
            values["marks"] = marks(values["notes"], values["starts"])
        elif not view.filters and not await reports.ever(here.site, here.now):
            return page(request, "empty.html", session, 200, **values, **setup_values(request, site))
    return page(request, "overview.html", session, 200, **values)


async def written(request: Request, session: Session, view: View) -> dict[str, Any]:
    """What the site's owners wrote down: their notes on the days shown and their segments; and who may."""
    async with dashboard_of(request).state.read() as connection:
        notes = await list_annotations(connection, view.site, view.start, view.end)
        segments = await list_segments(connection, view.site)
    return {
        "notes": notes,
        "marks": [],
        "segments": entries(segments, view),
        "may_change": may(session, Need.ADMINISTER, view.site),
    }


def headline(report: Report, view: View, chosen: Metric) -> dict[str, Any]:
    """The headline of a report over all of HEADLINE, and the sentence below it."""
    recognised, erased = report["meta"]["recognised"], report["meta"]["erased"]
    return {
        "figures": [_figure(one, report, view, chosen, recognised) for one in HEADLINE],
        "erased": say("erased", visits=erased) if erased else "",
        "few": bool(report["withheld"]["rows"]),
        "trend": None,
        "panels": [],
    }


def asked(found: Coverage) -> dict[str, str]:
    """The share of yes among asks in words, and what that means."""
    if found.share is None:
        return {"asked": say(f"asked_{found.why}"), "asked_help": say(f"help_asked_{found.why}")}
    numbers = {"yes": whole(found.yes), "asks": whole(found.asks)}
    return {"asked": say("asked", share=percent(found.share)), "asked_help": say("help_asked", **numbers)}


async def details(
    reports: Reports, here: Here, view: View, metric: Metric, head: Report, panels: Sequence[Panel] = PANELS
) -> dict[str, Any]:
    """The line over time and the lists, where there is anything to draw."""
    bucket = chosen_bucket(view)
    series = await reports.of(view, [metric.name], [bucket], compare=True, limit=BUCKETS)
    return {
        "metric": metric,
        "trend": trend_of(series, bucket, metric, here.now, view.end),
        "starts": [datetime.fromisoformat(row["dims"][0]) for row in series["rows"]],
        "resolutions": resolution_choices(view, bucket),
        "panels": [await _panel(reports, view, panel, head) for panel in panels],
    }


def chosen_bucket(view: View) -> str:
    """The time dimension the address names, where the range can be read by it; else the one that reads best."""
    wanted = view.state.get("by", "")
    return f"time:{wanted}" if wanted in resolutions(view.start, view.end) else trend_bucket(view.start, view.end)


def resolution_choices(view: View, bucket: str) -> list[Choice]:
    """The menu of the units of time that a line over the range may be drawn by."""
    best = trend_bucket(view.start, view.end)
    return [
        Choice(say(f"by_{name}"), view.url(by=None if f"time:{name}" == best else name), f"time:{name}" == bucket)
        for name in resolutions(view.start, view.end)
    ]


async def _panel(reports: Reports, view: View, panel: Panel, head: Report) -> tuple[Panel, str, Listing]:
    tab = chosen_tab(view, panel)
    report = await rows_of(reports, view, tab, limit=MOST if tab.name == "map" else ROWS + 1)
    whole_of = head["totals"]["visits"] if tab.metric == "visits" else report["totals"][tab.metric]
    return panel, first_tab(view, panel).name, listing(report, tab, view, whole_of, ROWS, reports.facts.k)


async def rows_of(
    reports: Reports, view: View, tab: Tab, also: tuple[Filter, ...] = (), *, limit: int, offset: int = 0
) -> Report:
    """The report that a tab lists: `limit` rows from `offset`, under filters besides the view's."""
    if tab.only:
        also = (*also, Filter("is", tab.beside, (tab.only,)))
    return await reports.of(
        view, [tab.metric], tab.dimensions, also=also, order=[[tab.metric, "desc"]], limit=limit, offset=offset
    )


def chosen_tab(view: View, panel: Panel) -> Tab:
    """The tab the address names, or the one that stands there by itself."""
    wanted = view.state.get(panel.name, "")
    return next((tab for tab in panel.tabs if tab.name == wanted), first_tab(view, panel))


def first_tab(view: View, panel: Panel) -> Tab:
    """The first tab; of a browser that was chosen, its versions."""
    drilled = any(one.operator == "is" and one.dimension == "browser" for one in view.filters)
    return next((tab for tab in panel.tabs if drilled and tab.name == "versions"), panel.tabs[0])


def trend_of(series: Report, bucket: str, metric: Metric, now: datetime, end: date) -> Trend:
    """The line of a report over one time dimension up to the local day `end`; it ends where the future begins.

    `now` is on the site's clock. A bucket that the range cuts ends with the range: nothing more comes into it.
    """
    starts = [datetime.fromisoformat(row["dims"][0]) for row in series["rows"]]
    last = sum(1 for start in starts if start <= now) - 1
    running = now.date() <= end
    buckets = [
        Bucket(
            label=_label(start, bucket),
            short=_short(start, bucket),
            value=(row["metrics"][0] or 0) if index <= last else None,
            before=row["compare"][0] if row.get("compare") else None,
            partly=index == last and running,
        )
        for index, (start, row) in enumerate(zip(starts, series["rows"], strict=True))
    ]
    return draw_trend(buckets, lambda value: shown(value, metric.form))


def _figure(metric: Metric, report: Report, view: View, chosen: Metric, recognised: float | None) -> Figure:
    now, before = report["totals"][metric.name], _before(report, metric.name)
    note = ""
    if metric.name == "visitors":
        note = say("recognised", share=percent(recognised)) if recognised else ""
        note = say("recognised_none") if recognised == 0 else note
    return Figure(
        name=metric.name,
        label=say(f"metric_{metric.name}"),
        value=shown(now, metric.form),
        moved=moved(now, before, metric.form, metric.more_is_good),
        note=note,
        help=say(f"help_{metric.name}"),
        url=view.url(metric=None if metric is HEADLINE[0] else metric.name),
        chosen=metric is chosen,
    )


def _before(report: Report, name: str) -> float | None:
    """The compared total: with no dimension a report has one row, in the order of its metrics."""
    rows = report["rows"]
    position = [one.name for one in HEADLINE].index(name)
    return rows[0]["compare"][position] if rows and rows[0].get("compare") else None


def _short(start: datetime, bucket: str) -> str:
    if bucket in ("time:minute", "time:hour"):
        return clock(start)
    return short_month(start) if bucket == "time:month" else short_day(start)


def _label(start: datetime, bucket: str) -> str:
    if bucket in ("time:minute", "time:hour"):
        return named_moment(start)
    if bucket == "time:month":
        return month(start)
    return say("week_from", day=named_day(start)) if bucket == "time:week" else named_day(start)
