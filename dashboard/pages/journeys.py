"""Where people go: the controls, the picture and the same as a table."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.charts.sankey import Node, Sankey, draw_sankey
from dashboard.context import dashboard_of
from dashboard.journeys import decode_journey, run_journeys
from dashboard.language import DEFAULT, speaking
from dashboard.numbers import whole
from dashboard.pages.figures import percent
from dashboard.pages.journey_columns import OPENED, Column, columns_of, names_of, opened_of
from dashboard.pages.journey_file import links_file
from dashboard.pages.journey_focus import filter_of, focus_of
from dashboard.pages.journey_steps import INCLUDES, parse_step
from dashboard.pages.refused import PageRefused, unanswered
from dashboard.pages.reports import Reports, reports_of
from dashboard.pages.shell import Here, added_filter, here_of, shell, view_of
from dashboard.pages.view import View
from dashboard.pages.visits import Strip, strips
from dashboard.query.request import BadQuery
from dashboard.render import page
from dashboard.texts import say

NAMES = ("anchor", "step", "steps", "top", "group", "include", "open", "after", "focus", "file")
ANCHORS = ("entry", "start", "through", "end")
STEPS = ("2", "3", "4", "5", "6", "7")
TOPS = ("5", "8", "12", "20", "30")
GROUPS = ("path", "folder", "pattern")
BEHIND = 5  # visits listed behind a node
MANY = 50  # nodes in an *other* that holds most of its step: from then on the page offers to group them
DEFAULTS = {"anchor": "entry", "step": "", "steps": "5", "top": "8", "group": "path"}


class Flow(msgspec.Struct, frozen=True):
    """One line of the table of links."""

    source: str
    target: str
    visits: str
    share: str


async def journeys(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/journeys`."""
    here = await here_of(request)
    view = view_of(request, here, "journeys", NAMES)
    chosen = _choices(view)
    onward = added_filter(request, view)
    if onward is not None:
        return RedirectResponse(onward, status_code=303)
    async with reports_of(dashboard_of(request), here.site) as reports:
        values = await shell(here, view, reports)
        report = await _report(reports, view, chosen)
        chosen["patterns"] = reports.facts.patterns
        behind = await _behind(reports, here, view, report, chosen)
    if view.state.get("file") == "csv":
        with speaking(DEFAULT):  # a file is for programs too: the same in every language
            return links_file(report, columns_of(report, view, chosen), view)
    columns = columns_of(report, view, chosen)
    values |= _page_values(view, chosen, report, columns)
    values["focus"] = focus_of(report, columns, view, view.state.get("focus", ""), behind)
    return page(request, "journeys.html", session, 200, **values)


async def _behind(
    reports: Reports, here: Here, view: View, report: dict[str, Any], chosen: dict[str, Any]
) -> list[Strip]:
    """The latest visits that took the step of the chosen node; none under a filter on the city."""
    step = filter_of(report, view.state.get("focus", ""), chosen)
    if step is None or any(one.dimension == "city" for one in view.filters):
        return []
    return await strips(reports, here, (*view.filters, step), BEHIND)


def _choices(view: View) -> dict[str, Any]:
    """The controls' values: from the address, else the defaults. Raises PageRefused."""
    chosen: dict[str, Any] = {name: view.state.get(name, default) for name, default in DEFAULTS.items()}
    for name, known in (("anchor", ANCHORS), ("steps", STEPS), ("top", TOPS), ("group", GROUPS)):
        if chosen[name] not in known:
            raise PageRefused(say("bad_choice", field=name, choices=", ".join(known)))
    included = view.state.get("include", "").split(",")
    chosen["include"] = [kind for kind in INCLUDES if kind in included] or ["page"]
    if not chosen["step"].strip():
        chosen["anchor"] = "entry"
    elif chosen["anchor"] == "entry":
        chosen["anchor"] = "start"
    if chosen["anchor"] != "entry":
        chosen["include"] += [kind for kind in parse_step(chosen["step"]) if kind not in chosen["include"]]
    return chosen


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise PageRefused(say("bad_open"))
    return int(text)


async def _report(reports: Reports, view: View, chosen: dict[str, Any]) -> dict[str, Any]:
    steps = int(chosen["steps"])
    asked: dict[str, Any] = {
        "site": view.site,
        "from": view.start.isoformat(),
        "to": view.end.isoformat(),
        "filters": [one.as_query() for one in view.filters],
        # As many columns in all, whether they lead from the anchor, up to it, or around it.
        "steps": (steps - 1) // 2 if chosen["anchor"] == "through" and steps > 2 else steps,
        "top": int(chosen["top"]),
        "group": chosen["group"],
        "include": chosen["include"],
    }
    if chosen["anchor"] != "entry":
        asked[chosen["anchor"]] = parse_step(chosen["step"])
    if "focus" in view.state:
        asked["focus"] = view.state["focus"]
    if "open" in view.state:
        asked |= {"open": _whole(view.state["open"]), "offset": _whole(view.state.get("after", "0")), "limit": OPENED}
    try:
        return await run_journeys(decode_journey(msgspec.json.encode(asked)), reports.store, reports.facts)
    except BadQuery as error:
        raise unanswered(error) from None


def _page_values(view: View, chosen: dict[str, Any], report: dict[str, Any], columns: list[Column]) -> dict[str, Any]:
    picture = _picture(columns, report)
    counted = {"visits": whole(report["visits"]), "matched": whole(report["matched"])}
    entry = chosen["anchor"] == "entry"
    complete = report["matched"] == report["visits"]
    return {
        "chosen": chosen,
        "columns": columns,
        "picture": picture,
        "names": names_of(columns),
        "flows": _flows(columns, report),
        "suggested": sorted({stop.step for column in columns for stop in column.stops if stop.step}),
        "file": view.url(file="csv", focus=None, open=None, after=None),
        "matched": report["matched"],
        "few": bool(report["withheld"]["rows"]),
        "opened": opened_of(report, columns, view, chosen),
        **_too_many(report, view, chosen),
        "denominator": say("journeys_all", visits=counted["visits"]) if complete else say("journeys_some", **counted),
        "denominator_help": "" if complete else say("journeys_entry_help" if entry else "journeys_some_help"),
        "choices": {
            "anchor": [(name, say(f"anchor_{name}")) for name in ANCHORS],
            "steps": [(name, name) for name in STEPS],
            "top": [(name, name) for name in TOPS],
            "group": [(name, say(f"group_{name}")) for name in GROUPS],
            "include": [(name, say(f"include_{name}")) for name in INCLUDES],
        },
    }


def _too_many(report: dict[str, Any], view: View, chosen: dict[str, Any]) -> dict[str, Any]:
    """Where most visits of a step are in its *other*, how many nodes that are, and the way to group them."""
    most = max(
        (
            column["other"]["distinct"]
            for column in report["columns"]
            if column["other"]["visits"] * 2 > report["matched"] - column["left"]
        ),
        default=0,
    )
    if most < MANY or chosen["group"] != "path":
        return {"many": "", "grouped": None}
    group = "pattern" if chosen["patterns"] else "folder"
    onward = view.url(group=group, open=None, after=None, focus=None)
    return {"many": say("journeys_many", count=whole(most)), "grouped": (onward, say(f"journeys_group_{group}"))}


def _picture(columns: list[Column], report: dict[str, Any]) -> Sankey:
    nodes = [[Node(stop.key, stop.visits) for stop in column.stops] for column in columns]
    return draw_sankey(nodes, [(link["from"], link["to"], link["visits"]) for link in report["links"]])


def _flows(columns: list[Column], report: dict[str, Any]) -> list[Flow]:
    """The links in words, the widest first; what had left before leaves again in no line."""
    names = names_of(columns)
    sums = {stop.key: stop.visits for column in columns for stop in column.stops}
    links = [link for link in report["links"] if link["from"] in sums or link["to"] in sums]
    return [
        Flow(
            source=names.get(link["from"], link["from"]),
            target=names.get(link["to"], link["to"]),
            visits=whole(link["visits"]),
            share=percent(link["visits"] / sums[link["from"]]) if sums.get(link["from"]) else "",
        )
        for link in sorted(links, key=lambda link: -link["visits"])
    ]
