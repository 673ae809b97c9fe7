"""Every answer of the wire: its status, its problem type, the field it names, and that a refusal stores nothing."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector.batch import Batch
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.rate import Limit
from collector.spool import SpoolFull, SpoolUnavailable
from collector.state.database import State
from tests.wire import DRAFT, SITE, Running, add_site, beacon, running, yes


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


PAGE = {"k": "pageview", "p": "/", "r": "", "a": 0}
CLICK = {"k": "click", "p": "/", "x": "/next", "y": "link", "a": 0}
LEAVE = {"k": "leave", "p": "/", "d": 3, "s": 50, "a": 0}
CUSTOM = {"k": "event", "p": "/", "x": "signup", "a": 0}

MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    ("no token", {"t": None}, "t"),
    ("visit too short", {"v": "AAAA"}, "v"),
    ("visit with padding", {"v": "A" * 22 + "=="}, "v"),
    ("visit that is not 16 bytes", {"v": "A" * 21 + "B"}, "v"),
    ("visit with a newline", {"v": "A" * 22 + "\n"}, "v"),
    ("nonce a number", {"n": 7}, "n"),
    ("counter too large", {"i": 65_536}, "i"),
    ("counter negative", {"i": -1}, "i"),
    ("no events", {"e": []}, "e"),
    ("51 events", {"e": [LEAVE] * 51}, "e"),
    ("an address in the body", {"ip": "203.0.113.9"}, "ip"),
    ("a user agent in the body", {"ua": "x"}, "ua"),
    ("a place in an event", {"e": [{**PAGE, "geo": "Berlin"}]}, "e[0].geo"),
    ("a time in an event", {"e": [PAGE, {**PAGE, "time": 1}]}, "e[1].time"),
    ("no kind", {"e": [{"p": "/", "a": 0}]}, "e[0].k"),
    ("unknown kind", {"e": [{"k": "purchase", "p": "/", "a": 0}]}, "e[0].k"),
    ("page without a slash", {"e": [{**PAGE, "p": "https://example.com/"}]}, "e[0].p"),
    ("page too long", {"e": [{**PAGE, "p": "/" + "x" * 2048}]}, "e[0].p"),
    ("referrer too long", {"e": [{**PAGE, "r": "x" * 2049}]}, "e[0].r"),
    ("age negative", {"e": [{**PAGE, "a": -1}]}, "e[0].a"),
    ("age over an hour", {"e": [{**PAGE, "a": 3_600_001}]}, "e[0].a"),
    ("age a text", {"e": [{**PAGE, "a": "1"}]}, "e[0].a"),
    ("click without a target", {"e": [{"k": "click", "p": "/", "y": "link", "a": 0}]}, "e[0].x"),
    ("click of an unknown kind", {"e": [{**CLICK, "y": "hover"}]}, "e[0].y"),
    ("scroll over 100", {"e": [{**LEAVE, "s": 101}]}, "e[0].s"),
    ("seconds negative", {"e": [{**LEAVE, "d": -1}]}, "e[0].d"),
    ("event without a name", {"e": [{**CUSTOM, "x": ""}]}, "e[0].x"),
    ("event name too long", {"e": [{**CUSTOM, "x": "n" * 65}]}, "e[0].x"),
    ("11 props", {"e": [{**CUSTOM, "m": {str(n): "v" for n in range(11)}}]}, "e[0].m"),
    ("prop value too long", {"e": [{**CUSTOM, "m": {"a": "v" * 257}}]}, "e[0].m[]"),
    ("prop value a list", {"e": [{**CUSTOM, "m": {"a": []}}]}, "e[0].m[]"),
    ("prop name too long", {"e": [{**CUSTOM, "m": {"k" * 65: "v"}}]}, "e[0].m"),
    ("a field with a long name", {"x" * 99: 1}, "x" * 64),
    ("value a text", {"e": [{**CUSTOM, "b": "9"}]}, "e[0].b"),
    ("value too large", {"e": [{**CUSTOM, "b": 1e12}]}, "e[0].b"),
    ("currency in lower case", {"e": [{**CUSTOM, "u": "eur"}]}, "e[0].u"),
]


@pytest.mark.parametrize(("change", "field"), [(c, f) for _, c, f in MALFORMED], ids=[name for name, _, _ in MALFORMED])
async def test_a_malformed_batch_names_the_field(live: Running, change: dict[str, Any], field: str) -> None:
    token = (await live.consent())["token"]
    answer = await live.post("/c/events", beacon(token) | change)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["field"]) == ("malformed", field)
    assert field in problem["detail"]
    assert await live.rows() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe{}", b"[" * 10_000, b'{"t":"\\ud800"}', b"null", b"[]", b'"text"', b'{"t":1e400}'],
    ids=["empty", "half", "not utf-8", "deep", "lone surrogate", "null", "list", "text", "infinite"],
)
async def test_a_body_that_is_no_object_is_refused(live: Running, body: bytes) -> None:
    for path in ("/c/events", "/c/consent", "/c/withdraw"):
        answer = await live.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (400, "malformed"), path
        assert answer.json()["field"]


YES: list[tuple[str, dict[str, Any], str, str]] = [
    ("without measure", {"purposes": ["returning"]}, "purposes", "purposes"),
    ("no purposes", {"purposes": []}, "purposes", "purposes"),
    ("unknown purpose", {"purposes": ["measure", "profiling"]}, "malformed", "purposes[1]"),
    ("unknown source", {"source": "guess"}, "malformed", "source"),
    ("ui no hash", {"ui": "x"}, "malformed", "ui"),
    ("locale with markup", {"locale": "<b>"}, "malformed", "locale"),
    ("shown nowhere", {"shown": "maybe"}, "malformed", "shown"),
    ("user agent in the body", {"userAgent": "x"}, "malformed", "userAgent"),
    ("prior a number", {"prior": 1}, "malformed", "prior"),
]


@pytest.mark.parametrize(("change", "type_", "field"), [row[1:] for row in YES], ids=[row[0] for row in YES])
async def test_a_malformed_yes_names_the_field(live: Running, change: dict[str, Any], type_: str, field: str) -> None:
    answer = await live.post("/c/consent", yes() | change)
    assert (answer.status_code, answer.json()["type"], answer.json()["field"]) == (400, type_, field)


async def test_a_purpose_that_the_notice_does_not_offer_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, draft=Draft(controller="A", contact="b@example.com")) as live:
        answer = await live.post("/c/consent", yes(purposes=["measure", "ads"]))
        assert (answer.status_code, answer.json()["field"]) == (400, "purposes")


async def test_a_consented_batch_is_stored_once_however_often_it_is_sent(live: Running) -> None:
    token = (await live.consent())["token"]
    body = beacon(token, PAGE, CLICK, LEAVE, {**CUSTOM, "m": {"plan": "pro", "seats": 3}, "b": 19.99, "u": "EUR"})
    for _ in range(3):
        answer = await live.post("/c/events", body)
        assert (answer.status_code, answer.json()) == (202, {"stored": 4})
    rows = await live.rows("SELECT kind, nth, target, value, currency, props FROM event ORDER BY nth")
    assert [row[:3] for row in rows] == [
        ("pageview", 0, None),
        ("click", 1, "/next"),
        ("leave", 2, None),
        ("event", 3, "signup"),
    ]
    assert (float(rows[3][3]), rows[3][4], rows[3][5]) == (19.99, "EUR", '{"plan":"pro","seats":"3"}')


@pytest.mark.parametrize(
    ("headers", "stored"),
    [
        ({"sec_gpc": "1"}, 0),
        ({"dnt": "1"}, 0),
        ({"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, 0),
        ({"user_agent": ""}, 0),
        ({"sec_gpc": "0"}, 1),
        ({"sec_gpc": "11"}, 1),
        ({"dnt": "0"}, 1),
    ],
)
async def test_signals_and_bots_get_204_and_nothing_is_stored(
    live: Running, headers: dict[str, str], stored: int
) -> None:
    token = (await live.consent())["token"]
    answer = await live.post("/c/events", beacon(token), **headers)
    assert (answer.status_code, answer.content) == ((202, b'{"stored":1}') if stored else (204, b""))
    assert len(await live.rows()) == stored
    said = await live.post("/c/consent", yes(), **headers)
    assert said.status_code == (201 if stored else 204)


async def test_gpc_in_any_instance_of_the_header_stops(live: Running) -> None:
    token = (await live.consent())["token"]
    base = [
        ("origin", "https://example.com"),
        ("content-type", "text/plain"),
        ("user-agent", "Mozilla/5.0 Firefox/140.0"),
    ]
    body = msgspec.json.encode(beacon(token))
    for values in (("0", "1"), ("1", "0"), ("1", ""), ("", "1"), ("0, 1", "0")):
        for name in ("sec-gpc", "dnt"):
            headers = [*base, *((name, value) for value in values)]
            answer = await live.client.post("/c/events", content=body, headers=headers)
            assert answer.status_code == 204, headers
    # The signal goes before everything else: even what is no request at all gets the same silence.
    assert (await live.post("/c/events", b"{", sec_gpc="1", origin="https://evil.test")).status_code == 204


@pytest.mark.parametrize("token", ["", "c1", "c1.a.b.c", "k1.a.b.c", "c1." + "A" * 500, "c1.é.é.é", "c1..."])
async def test_what_is_no_token_is_401(live: Running, token: str) -> None:
    answer = await live.post("/c/events", beacon(token))
    assert (answer.status_code, answer.json()["type"]) == (401, "bad-token")


async def test_a_token_with_any_bit_flipped_is_401(live: Running) -> None:
    token = (await live.consent())["token"]
    for at in range(0, len(token), 7):
        other = "A" if token[at] != "A" else "B"
        answer = await live.post("/c/events", beacon(token[:at] + other + token[at + 1 :]))
        assert answer.status_code == 401, at
    assert await live.rows() == []


async def test_an_expired_and_a_future_token(live: Running) -> None:
    tokens, notice = live.context.tokens, live.context.follower.current[SITE]
    now = int(time.time())

    def issued(at: int) -> str:
        return tokens.mint(SITE, b"c" * 16, b"c" * 16, notice.id, frozenset({"measure"}), at)

    expired = await live.post("/c/events", beacon(issued(now - 181 * 86_400)))
    assert (expired.status_code, expired.json()["type"]) == (401, "token-expired")
    future = await live.post("/c/events", beacon(issued(now + 900)))
    assert (future.status_code, future.json()["type"], future.headers["retry-after"]) == (503, "clock-wrong", "60")
    assert (await live.post("/c/events", beacon(issued(now + 200)))).status_code == 202


async def test_a_token_of_another_site_is_401(live: Running) -> None:
    await add_site(live.context.state, "other.test", aliases=())
    await live.context.follower.refresh()
    token = (await live.consent())["token"]
    answer = await live.post("/c/events", beacon(token), origin="https://other.test")
    assert (answer.status_code, answer.json()["type"]) == (401, "bad-token")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://example.com", 202),
        ("https://www.example.com", 202),
        ("https://a.b.example.com", 202),
        ("https://example.com:8443", 202),
        ("http://localhost:3000", 202),  # this server listens on loopback
        ("http://127.0.0.1:8001", 202),
        ("http://example.com", 403),
        ("https://example.com.evil.test", 403),
        ("https://evilexample.com", 403),
        ("https://user@example.com", 403),
        ("https://example.com/path", 403),
        ("null", 403),
        ("", 403),
        ("https://", 403),
        ("https://[::1", 403),
        ("chrome-extension://abc", 403),
    ],
)
async def test_origin(live: Running, origin: str, status: int) -> None:
    token = (await live.consent())["token"]
    answer = await live.post("/c/events", beacon(token), origin=origin)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "origin-not-allowed"
        assert "access-control-allow-origin" not in answer.headers
        assert (await live.post("/c/consent", yes(), origin=origin)).status_code == 403
    else:
        assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["vary"] == "Origin"


async def test_the_origin_is_looked_at_before_the_body(live: Running) -> None:
    for path in ("/c/events", "/c/consent"):
        answer = await live.post(path, b"{", origin="https://evil.test")
        assert (answer.status_code, answer.json()["type"]) == (403, "origin-not-allowed")


async def test_loopback_origins_count_only_while_listening_on_loopback(tmp_path: Path) -> None:
    async with running(tmp_path, host="0.0.0.0") as live:
        token = (await live.consent())["token"]
        assert (await live.post("/c/events", beacon(token), origin="http://localhost:8001")).status_code == 403


async def test_a_draft_asks_on_local_pages_alone(tmp_path: Path) -> None:
    async with running(tmp_path, draft=Draft()) as live:
        answer = await live.post("/c/consent", yes())
        assert (answer.status_code, answer.json()["type"]) == (403, "notice-is-draft")
        assert (await live.post("/c/consent", yes(), origin="http://localhost:8001")).status_code == 201


async def test_method_type_and_size(live: Running) -> None:
    token = (await live.consent())["token"]
    got = await live.client.get("/c/events")
    assert (got.status_code, got.headers["allow"], got.json()["type"]) == (405, "POST", "method-not-allowed")
    answer = await live.post("/c/events", beacon(token), content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["type"]) == (415, "unsupported-content-type")
    assert (
        await live.post("/c/events", beacon(token), content_type="application/json; charset=utf-8")
    ).status_code == 202
    answer = await live.post("/c/events", b" " * (16 * 1024 + 1))
    assert (answer.status_code, answer.json()["type"]) == (413, "body-too-large")


async def test_a_minor_notice_keeps_consents_and_a_material_one_asks_again(live: Running) -> None:
    token = (await live.consent())["token"]
    first = live.context.follower.current[SITE].id
    await _publish(live.context.state, authority="The authority")
    assert (await live.post("/c/events", beacon(token))).status_code == 202
    await _publish(live.context.state, controller="Another Ltd")
    await live.context.follower.refresh()
    answer = await live.post("/c/events", beacon(token))
    current = live.context.follower.current[SITE].id
    assert (answer.status_code, answer.json()["type"], answer.json()["notice"]) == (409, "notice-changed", current)
    assert current != first
    assert (await live.post("/c/events", beacon((await live.consent())["token"]))).status_code == 202


async def test_a_yes_is_recorded_under_the_notice_that_was_shown(live: Running) -> None:
    shown = live.context.follower.current[SITE].id
    await _publish(live.context.state, authority="The authority")  # minor: a yes to the one before still covers it
    held = await live.consent(notice=shown)
    assert live.context.tokens.token(held["token"]).notice == shown
    await _publish(live.context.state, controller="Another Ltd")
    await live.context.follower.refresh()
    current = live.context.follower.current[SITE].id
    for named in (shown, "0" * 64):
        answer = await live.post("/c/consent", yes(notice=named))
        assert (answer.status_code, answer.json()["type"], answer.json()["notice"]) == (409, "notice-changed", current)
    assert live.context.tokens.token((await live.consent(notice=current))["token"]).notice == current


async def test_a_site_just_added_by_another_process_is_looked_up(live: Running) -> None:
    await add_site(live.context.state, "new.test", aliases=())
    assert (await live.post("/c/consent", yes(site="new.test"), origin="https://new.test")).status_code == 201
    assert (await live.client.get("/c/site/new.test.json")).status_code == 200


async def _publish(state: State, **changes: Any) -> None:
    now = int(time.time())
    async with state.write() as connection:
        await publish(connection, SITE, msgspec.structs.replace(DRAFT, **changes), iso(now), now)


async def test_withdrawal_stops_and_erases_by_token_and_by_access_key(live: Running) -> None:
    for holds in ("token", "access_key"):
        held = await live.consent()
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202
        assert len(await live.rows()) == 1
        body = {"t": held["token"]} if holds == "token" else {"access_key": held["access_key"]}
        for _ in range(2):  # twice is the same as once
            answer = await live.post("/c/withdraw", body, sec_gpc="1", dnt="1", origin="")
            assert (answer.status_code, answer.content) == (204, b"")
        late = await live.post("/c/events", beacon(held["token"]))
        assert (late.status_code, late.json()["type"]) == (410, "consent-withdrawn")
        assert await live.rows() == []


async def test_a_withdrawal_that_names_nothing_of_ours_is_never_answered_with_success(live: Running) -> None:
    held = await live.consent()
    for body, status, type_ in [
        ({}, 400, "malformed"),
        ({"t": held["token"], "access_key": held["access_key"]}, 400, "malformed"),
        ({"t": "c1.x.y.z"}, 401, "bad-token"),
        ({"t": held["access_key"]}, 401, "bad-token"),
        ({"access_key": held["token"]}, 401, "bad-access-key"),
        (
            {"access_key": held["access_key"][:-1] + ("A" if held["access_key"][-1] != "A" else "B")},
            401,
            "bad-access-key",
        ),
    ]:
        answer = await live.post("/c/withdraw", body)
        assert (answer.status_code, answer.json()["type"]) == (status, type_), body
    assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202


async def test_an_expired_token_still_withdraws(live: Running) -> None:
    tokens, notice = live.context.tokens, live.context.follower.current[SITE]
    old = int(time.time()) - 200 * 86_400
    token = tokens.mint(SITE, b"x" * 16, b"x" * 16, notice.id, frozenset({"measure"}), old)
    assert (await live.post("/c/withdraw", {"t": token})).status_code == 204
    assert tokens.token(token).subject in live.context.follower.tombstones()


async def test_limits_answer_429_with_retry_after(live: Running) -> None:
    token = (await live.consent())["token"]
    live.context.limits.token = Limit(0.1, 2)
    answers = [await live.post("/c/events", beacon(token)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["type"] == "too-many-requests"
    assert int(answers[2].headers["retry-after"]) >= 1
    assert "Retry-After" in answers[2].headers["access-control-expose-headers"]
    live.context.limits.consent = Limit(0.1, 1)
    assert [(await live.post("/c/consent", yes())).status_code for _ in range(2)] == [201, 429]
    live.context.limits.rights = Limit(0.1, 1)
    assert [(await live.post("/c/withdraw", {"t": token})).status_code for _ in range(2)] == [204, 429]


async def test_rate_limit_off_lifts_them(tmp_path: Path) -> None:
    async with running(tmp_path, rate_limit="off") as live:
        token = (await live.consent())["token"]
        live.context.limits.token = Limit(0.1, 1)
        assert [(await live.post("/c/events", beacon(token))).status_code for _ in range(3)] == [202] * 3


@pytest.mark.parametrize(
    ("error", "type_"), [(SpoolFull("full"), "queue-full"), (SpoolUnavailable("disk"), "storage-unavailable")]
)
async def test_what_cannot_be_made_durable_is_503(
    live: Running, monkeypatch: pytest.MonkeyPatch, error: Exception, type_: str
) -> None:
    token = (await live.consent())["token"]

    async def refuse(_batch: Batch) -> None:
        raise error

    monkeypatch.setattr(live.context.spool, "append", refuse)
    answer = await live.post("/c/events", beacon(token))
    assert (answer.status_code, answer.json()["type"]) == (503, type_)
    assert int(answer.headers["retry-after"]) >= 1


async def test_who_does_not_know_who_withdrew_refuses(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await live.consent())["token"]
    monkeypatch.setattr("collector.state.follow.STALE_S", -1)
    answer = await live.post("/c/events", beacon(token))
    assert (answer.status_code, answer.json()["type"]) == (503, "state-unavailable")
    assert (await live.post("/c/consent", yes())).status_code == 503
    assert (await live.post("/c/withdraw", {"t": token})).status_code == 204


async def test_no_answer_sets_a_cookie_and_unknown_paths_are_problems(live: Running) -> None:
    for path in ("/c/tag.js", f"/c/site/{SITE}.json", "/c/nothing", "/.well-known/gpc.json", "/healthz"):
        answer = await live.client.get(path)
        assert "set-cookie" not in answer.headers
    missing = await live.client.get("/c/nothing")
    assert (missing.status_code, missing.json()["type"]) == (404, "not-found")
