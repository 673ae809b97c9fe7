"""POST /api/v1/events: an owner's backend passes the gate a browser passes, with an API token in place of an Origin."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import msgspec
import pytest
from blockbuster import BlockBuster
from sqlalchemy import insert

from collector.batch import Batch
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.control import call
from collector.rate import Limit
from collector.spool import SpoolFull, SpoolUnavailable
from collector.state import tables
from collector.state.tokens import create_token, list_tokens, revoke_token
from dashboard.journeys import decode_journey, run_journeys
from dashboard.query.site import SiteFacts
from dashboard.query.visits import recent_visits
from tests.e2e.test_load import SITE as ADDED
from tests.enrich import mmdb
from tests.privacy.browser import Person
from tests.processes import Process, byleave, stored_rows
from tests.wire import DRAFT, SITE, Running, add_site, beacon, random16, running, yes

OTHER = "other.test"
ORDER = {"k": "event", "p": "/thanks?order=4711", "x": "order", "m": {"size": "large"}, "b": 19.9, "u": "EUR", "a": 0}
PAGE = {"k": "pageview", "p": "/", "r": "", "a": 0}
BERLIN = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin"}}}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        await add_site(found.context.state, OTHER, aliases=())
        yield found


async def made(live: Running, site: str = SITE, scope: str = "events") -> str:
    """An API token, made by another process."""
    async with live.context.state.write() as connection:
        return await create_token(connection, site, "shop", int(time.time()), scope)


async def send(live: Running, body: Any, token: str = "", **headers: str) -> httpx2.Response:
    """One batch as a program sends it."""
    sent = {"content-type": "application/json", "user-agent": "python-requests/2.32"}
    sent |= {"authorization": f"Bearer {token}"} if token else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return await live.client.post("/api/v1/events", content=content, headers=sent)


def is_problem(answer: httpx2.Response, status: int, type_: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert (answer.json()["type"], answer.json()["status"]) == (type_, status)
    assert answer.json()["detail"]
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert ("www-authenticate" in answer.headers) == (type_ == "bad-api-token")
    assert "access-control-allow-origin" not in answer.headers


async def test_it_is_stored_in_the_visit_with_nothing_of_the_backend(tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "geo").mkdir)
    await asyncio.to_thread(mmdb.write, tmp_path / "geo" / "city.mmdb", {"8.8.0.0/16": BERLIN})
    async with running(tmp_path, trusted_proxies="private") as live:
        held, visit = (await live.consent())["token"], random16()
        assert (await live.post("/c/events", beacon(held, PAGE, v=visit), x_forwarded_for="8.8.8.8")).status_code == 202
        browsers = {"user_agent": "Mozilla/5.0 Firefox/140.0", "origin": "https://shop.example.com"}
        named = {
            "x_forwarded_for": "8.8.8.8",
            "forwarded": "for=8.8.8.8",
            "x_real_ip": "8.8.8.8",
            "referer": "https://a.test/",
        }
        answer = await send(live, beacon(held, ORDER, v=visit, i=1), await made(live), **browsers, **named)
        assert (answer.status_code, answer.json()) == (202, {"stored": 1})
        assert "access-control-allow-origin" not in answer.headers
        place = "country, city, browser, browser_major, os, device"
        seen, order = await live.rows(f"SELECT host, path, kind, target, {place} FROM event ORDER BY nth")
        assert (seen[4:6], order[4:]) == (("DE", "Berlin"), (None,) * 6)
        assert order[:4] == (SITE, "/thanks", "event", "order")
        assert await live.rows("SELECT count(DISTINCT visit), count(DISTINCT subject) FROM event") == [(1, 1)]


async def test_it_shows_in_the_visit_and_its_journey(live: Running) -> None:
    api, facts = await made(live), SiteFacts(SITE, "Europe/Berlin", k=1, patterns=())
    for _ in range(2):
        held, visit = (await live.consent())["token"], random16()
        assert (await send(live, beacon(held, ORDER, v=visit, i=1), api)).status_code == 202  # before the page's own
        assert (await live.post("/c/events", beacon(held, PAGE, v=visit))).status_code == 202
    assert await live.rows("SELECT count(*), count(DISTINCT visit) FROM event") == [(4, 2)]
    visits = await recent_visits(live.owner.store, facts, datetime.now(UTC))
    steps = [{"kind": "page", "label": "/"}, {"kind": "event", "label": "order"}]
    assert [(one["browser"], one["steps"]) for one in visits] == [("Chrome", steps)] * 2
    today = datetime.now(UTC).date().isoformat()
    asked = {"site": SITE, "from": today, "to": today, "include": ["page", "event"], "start": {"page": "/"}}
    journeys = await run_journeys(decode_journey(msgspec.json.encode(asked)), live.owner.store, facts)
    assert [(node["label"], node["visits"]) for node in journeys["columns"][1]["nodes"]] == [("order", 2)]


async def test_it_is_stored_once_however_often_it_is_sent(live: Running) -> None:
    held, api = (await live.consent())["token"], await made(live)
    body = beacon(held, ORDER, {**PAGE, "p": "/thanks"})
    for _ in range(3):
        assert (await send(live, body, api)).json() == {"stored": 2}
    assert (await live.post("/c/events", body)).json() == {"stored": 2}
    assert len(await live.rows()) == 2


# ── Every refusal

Change = Callable[[Running], Awaitable[None]]
GATE: list[tuple[str, dict[str, str], int, str]] = [
    ("no credentials", {"authorization": ""}, 401, "bad-api-token"),
    ("no token", {"authorization": "Bearer"}, 401, "bad-api-token"),
    ("another scheme", {"authorization": "Basic bl_00000000_{A}"}, 401, "bad-api-token"),
    ("an unknown token", {"authorization": "Bearer bl_00000000_" + "A" * 43}, 401, "bad-api-token"),
    ("a session's cookie", {"authorization": "", "cookie": "__Host-byleave=x"}, 401, "bad-api-token"),
    ("GPC", {"sec_gpc": "1"}, 403, "visitor-gpc"),
    ("GPC among others", {"sec_gpc": "0, 1"}, 403, "visitor-gpc"),
    ("DNT", {"dnt": "1"}, 403, "visitor-dnt"),
    ("GPC before all else", {"sec_gpc": "1", "authorization": "", "content_type": "text/html"}, 403, "visitor-gpc"),
    ("a form", {"content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-content-type"),
]


@pytest.mark.parametrize(("headers", "status", "type_"), [row[1:] for row in GATE], ids=[row[0] for row in GATE])
async def test_a_wrong_request(live: Running, headers: dict[str, str], status: int, type_: str) -> None:
    held, api = (await live.consent())["token"], await made(live)
    is_problem(await send(live, beacon(held), api, **headers), status, type_)
    assert await live.rows() == []
    assert (await send(live, beacon(held), api, sec_gpc="0", dnt="0")).status_code == 202


BODIES: list[tuple[str, Any, int, str]] = [
    ("no JSON", b"{", 400, "malformed"),
    ("no UTF-8", b'{"t":"\xff"}', 400, "malformed"),
    ("too large", b" " * (16 * 1024 + 1), 413, "body-too-large"),
    ("no visitor", {"t": ""}, 401, "bad-token"),
    ("a visitor made up", {"t": "c1.a.b.c"}, 401, "bad-token"),
    ("no nonce", {"n": ""}, 400, "malformed"),
    ("an address", {"ip": "203.0.113.9"}, 400, "malformed"),
    ("a user agent", {"ua": "x"}, 400, "malformed"),
    ("a place in an event", {"e": [{**ORDER, "country": "DE"}]}, 400, "malformed"),
    ("a time in an event", {"e": [{**ORDER, "time": 1}]}, 400, "malformed"),
    ("an event too old", {"e": [{**ORDER, "a": 3_600_001}]}, 400, "malformed"),
    ("too many", {"e": [ORDER] * 51}, 400, "malformed"),
    ("none", {"e": []}, 400, "malformed"),
]


@pytest.mark.parametrize(("change", "status", "type_"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
async def test_a_wrong_body(live: Running, change: Any, status: int, type_: str) -> None:
    held, api = (await live.consent())["token"], await made(live)
    body = change if isinstance(change, bytes) else beacon(held, ORDER) | change
    answer = await send(live, body, api)
    is_problem(answer, status, type_)
    assert ("field" in answer.json()) == (status == 400)
    assert await live.rows() == []


async def test_credentials_that_are_no_text(live: Running) -> None:
    sent = {b"content-type": b"application/json", b"authorization": b"Bearer bl_\xff"}
    body = msgspec.json.encode(beacon((await live.consent())["token"]))
    is_problem(await live.client.post("/api/v1/events", content=body, headers=sent), 401, "bad-api-token")


async def test_without_a_visitor_there_is_no_event(live: Running) -> None:
    body = {name: value for name, value in beacon("").items() if name != "t"}
    answer = await send(live, body, await made(live))
    is_problem(answer, 400, "malformed")
    assert answer.json()["field"] == "t"


async def test_other_methods(live: Running) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        answer = await live.client.request(method, "/api/v1/events")
        is_problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "POST"
    assert (await live.client.post("/api/v1/event")).status_code == 404


async def test_a_token_is_of_one_site_and_for_events(live: Running) -> None:
    held = (await live.consent())["token"]
    other = (await live.post("/c/consent", yes(site=OTHER), origin=f"https://{OTHER}")).json()["token"]
    own, foreign = await made(live), await made(live, OTHER)
    is_problem(await send(live, beacon(held), await made(live, scope="read")), 403, "wrong-scope")
    is_problem(await send(live, beacon(held), foreign), 401, "bad-token")
    is_problem(await send(live, beacon(other), own), 401, "bad-token")
    assert await live.rows() == []
    assert (await send(live, beacon(other), foreign)).status_code == 202
    assert await live.rows("SELECT site, host FROM event") == [(OTHER, OTHER)]


async def _publish(live: Running, **changes: Any) -> None:
    now = int(time.time())
    async with live.context.state.write() as connection:
        await publish(connection, SITE, msgspec.structs.replace(DRAFT, **changes), iso(now), now)
    await live.context.follower.refresh()


async def _revoked(live: Running) -> None:
    async with live.context.state.write() as connection:
        for token in await list_tokens(connection, SITE):
            await revoke_token(connection, token.id)
    await live.context.follower.refresh()


async def _withdrawn(live: Running) -> None:
    for claims in [live.context.tokens.token(token) for token in HELD]:
        grave = {"subject": claims.subject, "site": SITE, "buried_at": int(time.time())}
        async with live.context.state.write() as connection:
            await connection.execute(insert(tables.tombstone).values(grave))
    await live.context.follower.refresh()


async def _notice_changed(live: Running) -> None:
    await _publish(live, controller="Another Ltd")


async def _draft(live: Running) -> None:
    current = live.context.follower.current[SITE]
    live.context.follower.notices[current.id] = msgspec.structs.replace(current, draft=True)


async def _key_killed(live: Running) -> None:
    keys = live.context.tokens.keys
    kid = keys.signing.kid
    keys.token_keys[kid] = msgspec.structs.replace(keys.token_keys[kid], killed=True)


async def _restored(live: Running) -> None:
    now = int(time.time())
    live.context.follower.gaps = [(now - 60, now + 60)]


async def _state_lost(live: Running) -> None:
    await live.context.follower.stop()
    live.context.follower._followed = float("-inf")


async def _keys_unread(live: Running) -> None:
    live.context.keys_known = False


def _full(error: Exception) -> Change:
    async def change(live: Running) -> None:
        async def refuse(_batch: Batch) -> None:
            raise error

        live.context.spool.append = refuse  # type: ignore[assignment, method-assign]

    return change


def _used_up(name: str) -> Change:
    async def change(live: Running) -> None:
        setattr(live.context.limits, name, Limit(0.01, 0))

    return change


HELD: list[str] = []
CHANGES: list[tuple[str, Change, int, str]] = [
    ("the API token revoked", _revoked, 401, "bad-api-token"),
    ("the consent withdrawn", _withdrawn, 410, "consent-withdrawn"),
    ("a material notice", _notice_changed, 409, "notice-changed"),
    ("a notice that is a draft", _draft, 403, "notice-is-draft"),
    ("the key killed", _key_killed, 401, "bad-token"),
    ("a yes that a restored state does not know", _restored, 401, "bad-token"),
    ("a state that cannot be followed", _state_lost, 503, "state-unavailable"),
    ("keys that cannot be read", _keys_unread, 503, "state-unavailable"),
    ("a full queue", _full(SpoolFull("full")), 503, "queue-full"),
    ("a full disk", _full(SpoolUnavailable("disk")), 503, "storage-unavailable"),
    ("anything else", _full(RuntimeError("a fault")), 503, "storage-unavailable"),
    ("too many of the visitor", _used_up("token"), 429, "too-many-requests"),
    ("too many of the backend", _used_up("backend"), 429, "too-many-requests"),
    ("too many of the site", _used_up("site"), 429, "too-many-requests"),
]


@pytest.mark.parametrize(("change", "status", "type_"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
async def test_what_was_accepted_is_refused_after(live: Running, change: Change, status: int, type_: str) -> None:
    held, api = (await live.consent())["token"], await made(live)
    HELD[:] = [held]
    assert (await send(live, beacon(held), api)).status_code == 202
    stored = len(await live.rows())
    await change(live)
    answer = await send(live, beacon(held), api)
    is_problem(answer, status, type_)
    assert status != 409 or answer.json()["notice"] == live.context.follower.current[SITE].id
    assert stored == 1
    if type_ != "consent-withdrawn":
        assert len(await live.rows()) == 1


async def test_an_expired_and_a_future_consent(live: Running) -> None:
    tokens, notice, now = live.context.tokens, live.context.follower.current[SITE], int(time.time())
    api = await made(live)

    def issued(at: int) -> str:
        return tokens.mint(SITE, b"c" * 16, b"c" * 16, notice.id, frozenset({"measure"}), at)

    is_problem(await send(live, beacon(issued(now - 181 * 86_400)), api), 401, "token-expired")
    is_problem(await send(live, beacon(issued(now + 900)), api), 503, "clock-wrong")
    assert await live.rows() == []


async def test_a_draft_is_no_notice_for_a_backend(tmp_path: Path) -> None:
    """Only a local page may try a draft out, and a backend shows no page."""
    async with running(tmp_path, draft=Draft()) as live:
        said = await live.post("/c/consent", yes(), origin="http://localhost:8001")
        is_problem(await send(live, beacon(said.json()["token"]), await made(live)), 403, "notice-is-draft")


async def test_the_limits_count_visitors_and_tokens_not_the_backends_address(live: Running) -> None:
    held, api = (await live.consent())["token"], await made(live)
    live.context.limits.address = Limit(0.01, 0)
    assert (await send(live, beacon(held), api)).status_code == 202
    live.context.limits.backend = Limit(0.01, 1)
    assert [(await send(live, beacon(held), api)).status_code for _ in range(2)] == [202, 429]
    assert (await send(live, beacon(held), await made(live))).status_code == 202


async def test_the_purposes_hold_here_too(live: Running) -> None:
    advert = {"k": "pageview", "p": "/?gclid=canary", "r": "", "a": 0}
    api = await made(live)
    for number, purposes in enumerate((["measure"], ["measure", "returning", "ads"])):
        held = (await live.consent(purposes=purposes))["token"]
        assert (await send(live, beacon(held, advert, i=number), api)).status_code == 202
    rows = await live.rows("SELECT ad, visitor IS NULL FROM event ORDER BY nth")
    assert rows == [(None, True), ("Google Ads", False)]


# ── The visitor's rights


async def test_the_visitor_sees_it_and_erases_it(live: Running, tmp_path: Path) -> None:
    held, api = await live.consent(), await made(live)
    assert (await send(live, beacon(held["token"], ORDER), api)).status_code == 202
    assert len(await live.rows()) == 1
    proof = await call(tmp_path, "consent_verify", site="")
    assert ([found["problem"] for found in proof["findings"]], proof["rows"]) == ([""] * 7, 1)
    told = (await live.post("/c/me", {"access_key": held["access_key"]})).json()
    assert msgspec.json.encode(told).count(b"order") >= 1
    gone = await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": False})
    assert gone.status_code == 202
    is_problem(await send(live, beacon(held["token"], ORDER), api), 410, "consent-withdrawn")
    assert await live.rows() == []


async def test_who_erases_and_goes_on_is_somebody_new(live: Running) -> None:
    held, api = await live.consent(), await made(live)
    await send(live, beacon(held["token"], ORDER), api)
    ((before,),) = await live.rows("SELECT subject FROM event")
    key = {"access_key": held["access_key"], "go_on": True}
    assert (await live.post("/c/me/erase", key)).status_code == 202
    assert (await send(live, beacon(held["token"], {**ORDER, "x": "later"}), api)).status_code == 202
    ((target, after),) = await live.rows("SELECT target, subject FROM event")
    assert (target, after != before) == ("later", True)


async def test_its_last_use_is_kept(live: Running) -> None:
    held, api = (await live.consent())["token"], await made(live)
    await made(live)
    for _ in range(2):
        assert (await send(live, beacon(held), api)).status_code == 202
    await live.context.uses.flush(live.context.state)
    async with live.context.state.read() as connection:
        used = {token.id: token.used_at for token in await list_tokens(connection, SITE)}
    assert [id_ for id_, at in used.items() if at] == [api.split("_")[1]]
    assert live.context.uses._waiting == {}


# ── As an operator runs it


def test_beside_a_dashboard_the_collector_takes_it_and_a_kill_loses_nothing(
    tmp_path: Path, blockbuster: BlockBuster
) -> None:
    blockbuster.deactivate()
    with byleave(tmp_path) as product:
        product.run(*ADDED)
        collector, dashboard = product.start("collect"), product.start("dashboard")
        visitor = Person(collector.url)
        api = json.loads(product.run("token", "create", SITE, "--scope", "events", "--json"))["token"]
        batches = [beacon(visitor.held["token"], ORDER, i=number) for number in range(6)]
        assert [_posted(collector, batch, api) for batch in batches] == [202] * 6
        assert _posted(dashboard, batches[0], api) == 421
        collector.kill()
        collector = product.start("collect")
        assert [_posted(collector, batch, api) for batch in batches] == [202] * 6
        product.run("token", "revoke", api.split("_")[1])
        time.sleep(0.3)  # every process follows within 0.25 s
        assert [_posted(collector, batch, api) for batch in batches] == [401] * 6
        assert (collector.stop(), dashboard.stop()) == (0, 0)
        assert stored_rows(product.data, "SELECT nth, host, browser FROM event ORDER BY nth") == [
            (number, SITE, None) for number in range(6)
        ]


def _posted(process: Process, body: Any, api: str) -> int:
    headers = {"authorization": f"Bearer {api}", "content-type": "application/json"}
    try:
        with urlopen(Request(f"{process.url}/api/v1/events", json.dumps(body).encode(), headers), timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
