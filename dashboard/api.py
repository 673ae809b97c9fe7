"""The API: the reports that the pages show, as JSON, for scripts and for the pages themselves."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.api_caller import caller_of, facts_of
from dashboard.api_events import send_elsewhere
from dashboard.api_problem import ApiProblem
from dashboard.api_schema import schema
from dashboard.bodies import BodyRefused, read_body
from dashboard.consent.report import consents
from dashboard.context import dashboard_of
from dashboard.coverage import coverage
from dashboard.export.route import show_export
from dashboard.journeys import decode_funnel, decode_journey, run_funnel, run_journeys
from dashboard.pulse import pulse
from dashboard.query.period import parse_range
from dashboard.query.request import BadQuery, decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts
from dashboard.query.totals import FIRST, LAST, totals
from dashboard.query.visits import read_visits, recent_visits
from dashboard.query.volume import volume
from dashboard.volume.capacity import capacity

VISITS_HIDDEN = (
    "The site's notice says that single visits are not shown. An admin may publish another one, in the site's settings "
    "or with `byleave site set --visits shown`: every visitor is then asked again."
)
Decode = Callable[[bytes], Any]
Run = Callable[..., Awaitable[Any]]


def report(read: Decode, run: Run) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that reads a request with `read` and answers with what `run` makes of it."""

    async def endpoint(request: Request) -> Response:
        caller = await caller_of(request)
        asked = await _asked(request, read)
        facts = facts_of(request, caller, asked.site)
        try:
            return _json(await run(asked, dashboard_of(request).store, facts))
        except BadQuery as error:
            raise _bad(error) from None

    return endpoint


async def show_live(request: Request) -> Response:
    """`GET /api/v1/live?site=`."""
    facts = await _named(request)
    dashboard = dashboard_of(request)
    now = datetime.now(await dashboard.zone(facts.timezone))
    return _json(await pulse(dashboard.store, facts, now))


async def show_visits(request: Request) -> Response:
    """`GET /api/v1/visits?site=&limit=&offset=&filters=`: recent visits, the latest first."""
    facts = await _named(request)
    if not facts.visits_shown:
        raise ApiProblem(403, "visits-hidden", VISITS_HIDDEN, field="site")
    try:
        asked = read_visits(request.query_params)
        found = await recent_visits(dashboard_of(request).store, facts, datetime.now(UTC), *asked)
    except BadQuery as error:
        raise _bad(error) from None
    return _json({"visits": found})


async def show_volume(request: Request) -> Response:
    """`GET /api/v1/volume?site=`: when it is busy, how it grows, and what that asks of the server."""
    facts = await _named(request)
    dashboard, now = dashboard_of(request), datetime.now(UTC)
    needs = await capacity(dashboard.store, dashboard.state, facts, now)
    return _json({**await volume(dashboard.store, facts, now), "capacity": needs})


async def show_coverage(request: Request) -> Response:
    """`GET /api/v1/coverage?site=&from=&to=`: how many of those who were asked said yes."""
    facts = await _named(request)
    dashboard, sent = dashboard_of(request), request.query_params
    try:
        days = parse_range(sent.get("from", ""), sent.get("to", ""))
        found = await coverage(dashboard.state, facts.name, days, await dashboard.zone(facts.timezone))
    except BadQuery as error:
        raise _bad(error) from None
    return _json(found)


async def show_consent(request: Request) -> Response:
    """`GET /api/v1/consent?site=&from=&to=`: yeses and withdrawals by day, purpose and notice, and what ends when."""
    facts = await _named(request)
    dashboard, sent = dashboard_of(request), request.query_params
    try:
        days = parse_range(sent.get("from", ""), sent.get("to", ""))
        zone = await dashboard.zone(facts.timezone)
        return _json(await consents(dashboard.state, dashboard.store, facts, days, zone))
    except BadQuery as error:
        raise _bad(error) from None


async def show_totals(request: Request) -> Response:
    """`GET /api/v1/totals?site=&from=&to=`: what stays of the days whose rows have expired."""
    facts = await _named(request)
    asked = request.query_params
    try:
        days = await totals(dashboard_of(request).store, facts, asked.get("from", FIRST), asked.get("to", LAST))
    except BadQuery as error:
        raise _bad(error) from None
    return _json({"days": days})


async def show_schema(request: Request) -> Response:
    """`GET /api/v1/openapi.json`: for everybody, since it names no site and no number."""
    return _json(schema())


async def _named(request: Request) -> SiteFacts:
    """The site that a GET names, if the caller may read it."""
    return facts_of(request, await caller_of(request), request.query_params.get("site", ""))


async def _asked(request: Request, read: Decode) -> Any:
    try:
        return read(await read_body(request, "application/json"))
    except BodyRefused as refused:
        raise ApiProblem(refused.status, refused.slug, refused.detail) from None
    except BadQuery as error:
        raise _bad(error) from None


def _bad(error: BadQuery) -> ApiProblem:
    return ApiProblem(400, "bad-query", error.detail, field=error.field)


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


ROUTES = [
    Route("/query", report(decode, run_query), methods=["POST"]),
    Route("/journeys", report(decode_journey, run_journeys), methods=["POST"]),
    Route("/funnel", report(decode_funnel, run_funnel), methods=["POST"]),
    Route("/live", show_live, methods=["GET"]),
    Route("/visits", show_visits, methods=["GET"]),
    Route("/volume", show_volume, methods=["GET"]),
    Route("/coverage", show_coverage, methods=["GET"]),
    Route("/consent", show_consent, methods=["GET"]),
    Route("/totals", show_totals, methods=["GET"]),
    Route("/export", show_export, methods=["GET"]),
    Route("/events", send_elsewhere, methods=["POST"]),
    Route("/openapi.json", show_schema, methods=["GET"]),
]
