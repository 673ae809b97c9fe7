"""The API: who may ask what, what a wrong request is told, and that pages and API say the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from collector.app import BACKEND_EVENTS
from collector.rate import Limit
from dashboard.api import ROUTES as API_ROUTES
from dashboard.journeys import decode_funnel, decode_journey
from dashboard.query.dimensions import NAMES as DIMENSIONS
from dashboard.query.request import BadQuery, decode
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House
from tests.dashboard.settings.conftest import dashboard_in
from tests.rows import line

TODAY = datetime.now(UTC).date()
ENDS = {"from": (TODAY - timedelta(days=29)).isoformat(), "to": TODAY.isoformat()}
QUERY = {"site": SITE, **ENDS, "metrics": ["visits", "pageviews"]}
JOURNEYS = {"site": SITE, **ENDS}
FUNNEL = {"site": SITE, **ENDS, "steps": [{"page": "/"}, {"page": "/pricing"}]}
ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/api/v1/query", QUERY),
    ("POST", "/api/v1/journeys", JOURNEYS),
    ("POST", "/api/v1/funnel", FUNNEL),
    ("GET", "/api/v1/live", None),
    ("GET", "/api/v1/visits", None),
    ("GET", "/api/v1/volume", None),
    ("GET", "/api/v1/totals", None),
]
IDS = [path for _, path, _ in ROUTES]


async def ask(
    client: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any] | None, site: str = SITE, **headers: str
) -> httpx2.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return await client.request(method, path, params={"site": site}, headers=sent)
    return await client.request(method, path, json={**body, "site": site}, headers=sent)


def is_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["type"] and found["detail"]
    return found


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=IDS)
async def test_who_may_ask(
    visited: House, owner: httpx2.AsyncClient, token: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    async with visited.browser() as script:
        del script.headers["sec-fetch-site"]
        answer = await ask(script, method, path, body)
        assert is_problem(answer, 401)["type"] == "not-signed-in"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        for wrong in ("Bearer", f"Bearer {token}x", f"Basic {token}", "Bearer bl_00000000_" + "A" * 43):
            is_problem(await ask(script, method, path, body, authorization=wrong), 401)
        bearer = {"authorization": f"Bearer {token}"}
        assert (await ask(script, method, path, body, **bearer)).status_code == 200
        foreign = await ask(script, method, path, body, OTHER, **bearer)
        unknown = await ask(script, method, path, body, "nowhere.example", **bearer)
        assert is_problem(foreign, 404) == is_problem(unknown, 404)
    assert (await ask(owner, method, path, body)).status_code == 200
    assert (await ask(owner, method, path, body, OTHER)).status_code == 200
    is_problem(await ask(owner, method, path, body, "nowhere.example"), 404)
    wrong_beside_cookie = await ask(owner, method, path, body, authorization="Bearer wrong")
    is_problem(wrong_beside_cookie, 401)


@pytest.mark.parametrize(("method", "path", "body"), ROUTES[:3], ids=IDS[:3])
async def test_a_signed_in_browser_asks_from_the_dashboards_own_pages_only(
    visited: House, owner: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    page = (await owner.get("/sites")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    is_problem(await ask(owner, method, path, body, sec_fetch_site="cross-site"), 403)
    is_problem(await ask(owner, method, path, body, sec_fetch_site="cross-site", x_csrf_token="wrong"), 403)
    assert (await ask(owner, method, path, body, sec_fetch_site="cross-site", x_csrf_token=csrf)).status_code == 200


async def test_a_signed_in_script_that_says_not_where_it_is_needs_the_proof(
    visited: House, owner: httpx2.AsyncClient
) -> None:
    csrf = (await owner.get("/sites")).text.partition('name="csrf" value="')[2].partition('"')[0]
    del owner.headers["sec-fetch-site"]
    is_problem(await ask(owner, *ROUTES[0]), 403)
    is_problem(await ask(owner, *ROUTES[0], x_csrf_token="wrong"), 403)
    assert (await ask(owner, *ROUTES[0], x_csrf_token=csrf)).status_code == 200


async def test_a_token_opens_no_page(visited: House, token: str) -> None:
    async with visited.browser() as script:
        answer = await script.get(f"/sites/{SITE}", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 303


MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", {**QUERY, "colour": "red"}, "colour"),
    ("unknown metric", {**QUERY, "metrics": ["visits", "luck"]}, "metrics[1]"),
    ("unknown dimension", {**QUERY, "dimensions": ["subject"]}, "dimensions[0]"),
    ("no date", {**QUERY, "from": "yesterday"}, "from"),
    ("missing", {key: value for key, value in QUERY.items() if key != "to"}, "to"),
]


@pytest.mark.parametrize(("name", "body", "field"), MALFORMED, ids=[one[0] for one in MALFORMED])
async def test_a_malformed_query_names_the_field(
    house: House, token: str, name: str, body: dict[str, Any], field: str
) -> None:
    async with house.browser() as script:
        answer = await script.post("/api/v1/query", json=body, headers={"authorization": f"Bearer {token}"})
    assert is_problem(answer, 400)["field"] == field


BODIES = [
    ("no json", b"{", "application/json", 400),
    ("no text", b'{"site":"\xff"}', "application/json", 400),
    ("a list", b"[]", "application/json", 400),
    ("deep", b"[" * 30_000, "application/json", 400),
    ("too large", b" " * 70_000, "application/json", 413),
    ("plain", b"{}", "text/plain", 415),
    ("form", b"a=b", "application/x-www-form-urlencoded", 415),
]


@pytest.mark.parametrize(("name", "body", "kind", "status"), BODIES, ids=[one[0] for one in BODIES])
async def test_a_body_that_is_no_query_is_refused(
    house: House, token: str, name: str, body: bytes, kind: str, status: int
) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": kind}
    async with house.browser() as script:
        for path in ("query", "journeys", "funnel"):
            is_problem(await script.post(f"/api/v1/{path}", content=body, headers=headers), status)


async def test_wrong_methods_and_places_are_problems_too(house: House) -> None:
    async with house.browser() as script:
        for method, path, allow in (
            ("GET", "query", "POST"),
            ("PUT", "journeys", "POST"),
            ("POST", "live", "GET, HEAD"),
        ):
            answer = await script.request(method, f"/api/v1/{path}")
            assert is_problem(answer, 405)["type"] == "method-not-allowed"
            assert set(answer.headers["allow"].split(", ")) == set(allow.split(", "))
        assert is_problem(await script.get("/api/v1/nothing"), 404)["type"] == "not-found"


async def test_the_answer_is_a_report(visited: House, token: str) -> None:
    async with visited.browser() as script:
        body = {**QUERY, "dimensions": ["country"], "compare": "previous", "limit": 3}
        answer = await script.post("/api/v1/query", json=body, headers={"authorization": f"Bearer {token}"})
    report = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert set(report) == {"rows", "totals", "withheld", "meta"}
    assert len(report["rows"]) == 3
    assert report["rows"][0]["dims"] == ["DE"]
    assert report["totals"]["visits"] > 100


async def test_recent_visits_are_as_many_as_asked_for(visited: House, owner: httpx2.AsyncClient) -> None:
    answer = await owner.get("/api/v1/visits", params={"site": SITE, "limit": "3"})
    assert len(answer.json()["visits"]) == 3
    for wrong in ("0", "201", "many", ""):
        answer = await owner.get("/api/v1/visits", params={"site": SITE, "limit": wrong})
        assert is_problem(answer, 400)["field"] == "limit"


async def test_live_moves_when_something_arrives(visited: House, owner: httpx2.AsyncClient) -> None:
    before = (await owner.get("/api/v1/live", params={"site": SITE})).json()
    assert before == (await owner.get("/api/v1/live", params={"site": SITE})).json()
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    click: dict[str, Any] = {"kind": "click", "target": "more", "target_kind": "button", "nth": 1}
    await visited.load(line(visit=-5, occurred_at=now), line(visit=-5, occurred_at=now, **click))
    after = (await owner.get("/api/v1/live", params={"site": SITE})).json()
    assert after["visits"] == before["visits"] + 1
    assert after["today"]["clicks"] == before["today"]["clicks"] + 1


async def test_the_description_holds_what_exists(house: House) -> None:
    async with house.browser() as script:
        described = (await script.get("/api/v1/openapi.json")).json()
    assert described["openapi"] == "3.1.0"
    told = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    assert told == {(route.path, method) for route in API_ROUTES for method in (route.methods or set()) - {"HEAD"}}
    assert BACKEND_EVENTS == "/api/v1/events"
    assert described["components"]["schemas"]["Dimension"]["examples"] == list(DIMENSIONS)
    text = msgspec.json.encode(described).decode()
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(described["components"]["schemas"])


async def test_a_query_of_the_description_is_one_the_engine_takes(house: House, token: str) -> None:
    async with house.browser() as script:
        described = (await script.get("/api/v1/openapi.json")).json()
        for name, path, body in (
            ("Query", "query", QUERY),
            ("Journeys", "journeys", JOURNEYS),
            ("Funnel", "funnel", FUNNEL),
        ):
            schema = described["components"]["schemas"][name]
            assert set(schema["required"]) <= set(body)
            for field in set(schema["properties"]) | {"nonsense"}:
                sent = {**body, field: body.get(field, [["never valid"]])}
                answer = await script.post(f"/api/v1/{path}", json=sent, headers={"authorization": f"Bearer {token}"})
                unknown = answer.status_code == 400 and "no such field" in answer.json()["detail"]
                assert unknown == (field == "nonsense"), (name, field, answer.text)


async def test_the_descriptions_bounds_and_defaults_are_the_decoders(house: House) -> None:
    async with house.browser() as script:
        described = (await script.get("/api/v1/openapi.json")).json()
    kinds: list[tuple[str, Callable[[bytes], Any], dict[str, Any]]] = [
        ("Query", decode, QUERY),
        ("Journeys", decode_journey, JOURNEYS),
        ("Funnel", decode_funnel, FUNNEL),
    ]
    told = []
    for name, read, body in kinds:
        filled = msgspec.to_builtins(read(msgspec.json.encode(body)))
        for field, about in described["components"]["schemas"][name]["properties"].items():
            if field not in body:
                assert about.get("default") == filled[field], (name, field)
                told.append(field)
            for end, beyond in (("minimum", -1), ("maximum", 1)):
                if end in about and field != "open":
                    read(msgspec.json.encode(body | {field: about[end]}))
                    with pytest.raises(BadQuery):
                        read(msgspec.json.encode(body | {field: about[end] + beyond}))
    assert {"limit", "offset", "include", "mode", "steps", "top", "group", "filters"} <= set(told)
    limit = described["paths"]["/visits"]["get"]["parameters"][1]["schema"]
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 200)


async def test_each_token_and_account_has_its_own_pace(
    visited: House, owner: httpx2.AsyncClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace: Limit = dashboard_in(visited).api_limit
    monkeypatch.setattr(pace, "_rate", 0.01)  # slow enough that no slow machine comes by another request
    monkeypatch.setattr(pace, "_burst", 3)
    async with visited.browser() as program:
        program.headers["authorization"] = f"Bearer {token}"
        for _ in range(3):
            assert (await ask(program, "GET", "/api/v1/live", None)).status_code == 200
        refused = await ask(program, "GET", "/api/v1/live", None)
    assert is_problem(refused, 429)["type"] == "too-many-requests"
    assert 50 <= int(refused.headers["retry-after"]) <= 100
    assert (await ask(owner, "GET", "/api/v1/live", None)).status_code == 200


OF_EVERYBODY = ("/openapi.json", "/events")
"""The description, and what the collector serves and limits."""


async def test_who_asks_too_much_is_told_when_to_come_back_on_every_route(
    house: House, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_in(house).api_limit, "_burst", 0)
    async with house.browser() as program:
        program.headers["authorization"] = f"Bearer {token}"
        for route in API_ROUTES:
            if route.path not in OF_EVERYBODY:
                method = "POST" if "POST" in (route.methods or ()) else "GET"
                refused = await program.request(method, f"/api/v1{route.path}")
                assert is_problem(refused, 429)["type"] == "too-many-requests", route.path
                assert int(refused.headers["retry-after"]) >= 1, route.path


async def test_what_a_route_may_answer_is_described(owner: httpx2.AsyncClient) -> None:
    paths = (await owner.get("/api/v1/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        for described in methods.values():
            assert path in OF_EVERYBODY or {"200", "401", "403", "404", "429"} <= set(described["responses"]), path
