"""The API in its own words: OpenAPI 3.1, made from the tables that the reports are made from."""

from functools import cache
from typing import Any

import msgspec

from collector import __version__
from dashboard.api_events import events_path, events_schemas
from dashboard.consent.schema import consent_schema
from dashboard.export.request import FORMATS
from dashboard.export.route import MEDIA
from dashboard.journeys import FunnelRequest, JourneyRequest
from dashboard.journeys import request as flows
from dashboard.journeys.schema import funnel_schema
from dashboard.openapi import COUNT, Json, answer, content, problems
from dashboard.query import request as queries
from dashboard.query import visits
from dashboard.query.dimensions import NAMES as DIMENSIONS
from dashboard.query.metrics import NAMES as METRICS
from dashboard.volume.schema import volume_schema

OPERATORS = ("is", "is_not", "contains", "contains_not", "matches")
_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": ["number", "null"]}
_DAY: Json = {
    "type": "string",
    "pattern": r"^(19[7-9]\d|2\d{3})-\d\d-\d\d(T[0-2]\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$",
    "description": "A local day of the site's time zone, or a time with or without an offset.",
    "examples": ["2026-10-01", "2026-10-01T14:30:00+02:00"],
}


@cache
def schema() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Byleave", "version": __version__, "description": _ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {
            "/query": {"post": _report("query", "Numbers by dimensions", "Query", "Report")},
            "/journeys": {
                "post": _report("journeys", "Where visits go, column by column", "Journeys", "JourneyReport")
            },
            "/funnel": {"post": _report("funnel", "Visits at each of 2 to 8 steps", "Funnel", "FunnelReport")},
            "/live": {"get": _look("live", "What is going on now", "Live")},
            "/visits": {"get": _look("visits", "Recent visits, one line each", "Visits", *_VISITS)},
            "/volume": {"get": _look("volume", "When it is busy, and how it grows", "Volume")},
            "/coverage": {"get": _look("coverage", "How many of those who were asked said yes", "Coverage", *_RANGE)},
            "/consent": {"get": _look("consent", "What visitors said, by day and notice", "Consent", *_RANGE)},
            "/totals": {"get": _look("totals", "What stays of days whose rows have expired", "Totals", *_DAYS)},
            "/export": {"get": _export()},
            "/events": {"post": events_path()},
            "/openapi.json": {"get": _described()},
        },
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY},
    }


_ABOUT = "The reports of one site. Every number of the dashboard comes through the same queries."
_SECURITY: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "`byleave token create <site>`; good for that site."},
    "events": {"type": "http", "scheme": "bearer", "description": "`byleave token create <site> --scope events`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-byleave", "description": "A signed-in browser."},
}
_VISITS: tuple[Json, ...] = (
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": visits.MOST, "default": visits.DEFAULT},
    },
    {
        "name": "offset",
        "in": "query",
        "schema": {"type": "integer", "minimum": 0, "maximum": visits.MOST_OFFSET, "default": 0},
    },
    {
        "name": "filters",
        "in": "query",
        "description": "As JSON, as POST /query takes them, but none on the city.",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Filter"}}}
        },
    },
)
_RANGE: tuple[Json, ...] = tuple(
    {"name": name, "in": "query", "required": True, "schema": _DAY} for name in ("from", "to")
)
_DAYS: list[Json] = [
    {"name": name, "in": "query", "schema": {"type": "string", "format": "date"}, "description": about}
    for name, about in (("from", "First local day; every day without it."), ("to", "Last local day, inclusive."))
]
_GLOB = (
    "A glob of a page, click or event, or a list: any of them. `*` is any run of characters, `?` any one; a backslash "
    "before `*`, `?` or a backslash takes its meaning away. The values of a `matches` filter are globs too."
)
_PROBLEMS = {
    "400": "The body cannot be answered; `field` names the part to mend.",
    "401": "No credentials, or ones that open nothing.",
    "403": (
        "A token for something else, or a signed-in browser that asked from a page of somebody else; of `/visits`: the "
        "site's notice says that single visits are not shown."
    ),
    "404": "No such site for these credentials.",
    "408": "The body took longer than 10 seconds.",
    "413": "The body is larger than 64 KiB.",
    "415": "The body is not application/json.",
    "429": "Too many requests with these credentials; `Retry-After` says how many seconds to wait.",
    "503": "The server is busy or cannot read its data just now; `Retry-After` says when to ask again.",
}


_WITHHELD: Json = {
    "type": "object",
    "required": ["rows", "visits"],
    "properties": {"rows": COUNT, "visits": COUNT},
    "description": "Numbers of fewer than k people, folded or left out, and the visits behind them.",
}


def _report(name: str, summary: str, asks: str, answers: str) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": content(asks)},
        "responses": {"200": answer("The report", answers), **_problems(*_PROBLEMS)},
    }


def _problems(*told: str) -> Json:
    return problems({status: _PROBLEMS[status] for status in told})


def _look(name: str, summary: str, answers: str, *more: Json) -> Json:
    site = {"name": "site", "in": "query", "required": True, "schema": _TEXT}
    refused = _problems(*(["400"] if more else []), "401", "403", "404", "429", "503")
    responses = {"200": answer(summary, answers), **refused}
    return {"operationId": name, "summary": summary, "parameters": [site, *more], "responses": responses}


def _export() -> Json:
    """The query travels as JSON in one parameter: OpenAPI's own word for that is a parameter with `content`."""
    about = "The query as POST /query takes it; without `limit` every row is meant."
    asked: Json = {"name": "q", "in": "query", "required": True, "description": about, "content": content("Query")}
    form: Json = {"name": "format", "in": "query", "schema": {"enum": list(FORMATS), "default": FORMATS[0]}}
    rows = _list({"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}})
    files = {media.partition(";")[0]: {"schema": {"type": "string"}} for media in MEDIA.values()}
    files[MEDIA["json"]] = {"schema": rows}
    files[MEDIA["parquet"]] = {"schema": {}}
    refused = _problems("400", "401", "403", "404", "429", "503")
    saved = {"Content-Disposition": {"schema": _TEXT, "description": "A name to save the file under."}}
    return {
        "operationId": "export",
        "summary": "The rows of a query as a file",
        "description": _EXPORTED,
        "parameters": [asked, form],
        "responses": {"200": {"description": "The file", "headers": saved, "content": files}, **refused},
    }


_EXPORTED = (
    "One column a dimension, one a metric, and with `compare` one more a metric, named `compare:<metric>`. In CSV a "
    "text that begins with = + - @, a tab or NUL gets a leading apostrophe, so that no spreadsheet takes it for a "
    "formula."
)


def _described() -> Json:
    answer = {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": "openapi", "summary": "This description", "security": [], "responses": {"200": answer}}


def _object(required: tuple[str, ...], **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _request(required: tuple[str, ...], **properties: Json) -> Json:
    ends = {"site": _TEXT, "from": _DAY, "to": _DAY, "filters": _list(_filter())}
    known = _object(("site", "from", "to", *required), **ends, **properties)
    return {**known, "additionalProperties": False}


def _whole(least: int, most: int) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most}


def _defaults(kind: type[msgspec.Struct], described: Json) -> Json:
    """The description of a request with the defaults that its decoder fills in; none that says nothing (null)."""
    for field in msgspec.structs.fields(kind):
        default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if default is not None and default is not msgspec.NODEFAULT:
            described["properties"][field.encode_name] |= {"default": default}
    return described


def _maybe(what: Json) -> Json:
    return {"anyOf": [what, {"type": "null"}]}


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def _filter() -> Json:
    about = "Operator, dimension, values: ANDed with the others, its own values ORed."
    values = _list(_TEXT, minItems=1, maxItems=100)
    parts = [{"enum": list(OPERATORS)}, {"$ref": "#/components/schemas/Dimension"}, values]
    return {"type": "array", "prefixItems": parts, "minItems": 3, "maxItems": 3, "description": about}


def _dimension() -> Json:
    names = [name for name in DIMENSIONS if ":<" not in name]
    about = "`prop:<key>` names a property of events, by at most 64 characters."
    kinds = [{"enum": names}, {"pattern": "^prop:.{1,64}$"}]
    return {"type": "string", "anyOf": kinds, "examples": list(DIMENSIONS), "description": about}


def _step() -> Json:
    one = {
        "type": "object",
        "properties": {"page": _TEXT, "click": _TEXT, "event": _TEXT},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    return {"oneOf": [one, _list(one, minItems=1, maxItems=20)], "description": _GLOB}


def _schemas() -> Json:
    return {
        "Dimension": _dimension(),
        "Metric": {"enum": list(METRICS)},
        "Step": _step(),
        "Filter": _filter(),
        "Query": _defaults(queries.QueryRequest, _query()),
        "Report": _object(
            ("rows", "totals", "withheld", "meta"),
            rows=_list(_object(("dims", "metrics"), dims=_list(_TEXT), metrics=_list(_NUMBER), compare=_list(_NUMBER))),
            totals={"type": "object", "additionalProperties": _NUMBER},
            withheld=_WITHHELD,
            meta=_meta(),
        ),
        **_flow_schemas(),
        **events_schemas(),
        "Live": _object(
            ("visits", "pageviews", "today"),
            visits={**COUNT, "description": "Visits of the last 5 minutes."},
            pageviews=_list(COUNT, description="Pageviews a minute for 30 minutes, the latest last."),
            today={"type": "object", "description": "Today's totals so far.", "additionalProperties": COUNT},
        ),
        "Visits": _object(("visits",), visits=_list(_visit())),
        "Volume": volume_schema(),
        "Consent": consent_schema(),
        "Totals": _object(("days",), days=_list(_day())),
        "Coverage": _object(
            ("asks", "yes", "share", "why"),
            asks={**COUNT, "description": "Fetches of the banner's texts."},
            yes={**COUNT, "description": "Yeses given in that banner."},
            share={**_NUMBER, "description": "yes ÷ asks, at most 1; null with the reason in `why`.", "maximum": 1},
            why={
                "enum": ["cmp", "none", None],
                "description": "`cmp`: the site asks by itself, and nobody counts its asks. `none`: no ask.",
            },
        ),
        "Problem": _object(
            ("type", "title", "status", "detail"), type=_TEXT, title=_TEXT, status=COUNT, detail=_TEXT, field=_TEXT
        ),
    }


def _meta() -> Json:
    recognised = {**_NUMBER, "description": "Share of the visits that allowed recognition; null without visits."}
    return _object(
        ("k", "timezone", "recognised", "erased", "complete_to", "took_ms"),
        k=_whole(1, 1000),
        timezone=_TEXT,
        recognised=recognised,
        erased={**COUNT, "description": "Visits of the range that were erased since."},
        complete_to={**_TEXT, "format": "date-time", "description": "What came before this moment is counted."},
        took_ms=COUNT,
    )


def _visit() -> Json:
    kinds = ["page", "click", "event", "other"]
    step = _object(
        ("kind", "label"), kind={"enum": kinds, "description": "`other`: fewer than k took it."}, label=_TEXT
    )
    hour: Json = {"type": "string", "format": "date-time", "description": "The local hour in which it began."}
    told: Json = dict.fromkeys(("source", "country", "browser", "device"), _TEXT)
    return _object(("hour", *told, "steps"), hour=hour, **told, steps=_list(step))


def _day() -> Json:
    numbers: Json = {"visits": COUNT, "pageviews": COUNT}
    about = 'Where at least k people are in it; the name "" stands for all others together.'
    named = _list(_object(("name", "visits", "pageviews"), name=_TEXT, **numbers), description=about)
    day: Json = {"type": "string", "format": "date", "description": "A local day of the site's time zone."}
    parts: Json = {"channels": named, "countries": named}
    return _object(("day", "visits", "pageviews", "channels", "countries"), day=day, **numbers, **parts)


def _query() -> Json:
    order = {"type": "array", "prefixItems": [_TEXT, {"enum": ["asc", "desc"]}], "minItems": 2, "maxItems": 2}
    return _request(
        ("metrics",),
        metrics=_list({"$ref": "#/components/schemas/Metric"}, minItems=1),
        dimensions=_list({"$ref": "#/components/schemas/Dimension"}),
        compare={"enum": ["previous", "year", None]},
        goal=_maybe({"$ref": "#/components/schemas/Step"}),
        order=_list(order),
        limit=_whole(0, queries.MOST_ROWS),
        offset=_whole(0, queries.MOST_OFFSET),
    )


def _focus() -> Json:
    return _maybe(_TEXT) | {"description": "The id of a node that the report names: how long visits are there."}


def _focused() -> Json:
    told = _object(("id", "median_seconds"), id=_TEXT, median_seconds=_NUMBER)
    about = "Median time from this step to the next, of the visits that took one; null below k. Null for no such node."
    return {**told, "type": ["object", "null"], "description": about}


def _flow_schemas() -> Json:
    step = {"$ref": "#/components/schemas/Step"}
    include = _list({"enum": ["page", "click", "event"]})
    group = {"enum": ["path", "folder", "pattern"]}
    anchors = dict.fromkeys(("start", "end", "through"), _maybe(step))
    node = _object(
        ("id", "label", "kind", "visits"), id=_TEXT, label=_TEXT, kind=_TEXT, target_kind=_TEXT, visits=COUNT
    )
    other = _object(("visits", "distinct"), visits=COUNT, distinct=COUNT)
    column = _object(("nodes", "other", "left"), nodes=_list(node), other=other, left=COUNT)
    ends: Json = {"from": _TEXT, "to": _TEXT}
    link = _object((*ends, "visits"), **ends, visits=COUNT)
    opened = _object(("column", "nodes", "withheld"), column=COUNT, nodes=_list(node), withheld=other)
    return {
        "Journeys": _defaults(JourneyRequest, _request(
            (), **anchors, steps=_whole(1, flows.MOST_STEPS), top=_whole(1, flows.MOST_NODES), group=group,
            include=include, open=_maybe(COUNT), focus=_focus(),
            limit=_whole(0, flows.MOST_ROWS), offset=_whole(0, flows.MOST_OFFSET),
        )),
        "JourneyReport": _object(
            ("visits", "matched", "columns", "links"),
            visits=COUNT, matched=COUNT, columns=_list(column), links=_list(link), withheld=_WITHHELD,
            focused=_focused(), opened={**opened, "description": "With `open`: the nodes of that column's *other*."},
        ),
        "Funnel": _defaults(FunnelRequest, _request(
            ("steps",), steps=_list(step, minItems=2, maxItems=8), mode={"enum": ["strict", "loose"]},
            top=_whole(1, flows.MOST_NODES), group=dict(group), include=dict(include),
        )),
        "FunnelReport": funnel_schema(_WITHHELD),
    }  # fmt: skip
