"""The collector under attack: nobody speaks for another site or from another place, and nothing sent harms it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.routing import Route

from collector.app import CollectorApp
from collector.consent.notice import Draft
from collector.rate import HELD, Limit
from collector.routes.health import Health
from tests.reachable import reachable
from tests.wire import CHROME, ORIGIN, SITE, Running, add_site, beacon, random16, running, yes

PAGE = {"k": "pageview", "p": "/", "r": "", "a": 0}


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process does not know it looks up at most five times a second; here it need not wait."""
    monkeypatch.setattr("collector.context.LEARN_S", 0)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


def app_of(live: Running) -> CollectorApp:
    return CollectorApp(live.context, Health(live.context.follower, live.context, live.owner))


async def asked(
    app: CollectorApp, method: str, path: str, body: bytes = b"", headers: Any = (), peer: str = "127.0.0.1"
) -> tuple[int, dict[bytes, bytes], bytes]:
    """One request straight to the application: status, headers, body. Quick, and with headers no client would send."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("hello.test", 80), "client": (peer, 1),
        "headers": [(b"host", b"hello.test"), *headers],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(one.get("body", b"") for one in sent)


HEADERS = [(b"origin", ORIGIN.encode()), (b"content-type", b"text/plain"), (b"user-agent", CHROME.encode())]


def problem(body: bytes) -> str:
    return str(msgspec.json.decode(body)["type"])


# ── Where a request says it comes from

ORIGINS = [
    ("its own", b"https://example.com", 201),
    ("a subdomain of the wildcard", b"https://a.example.com", 201),
    ("in capitals", b"HTTPS://EXAMPLE.COM", 201),
    ("on another port", b"https://example.com:8443", 201),
    ("punycode of an alias", b"https://xn--caf-dma.example", 201),
    ("the same in Unicode", "https://café.example".encode(), 403),
    ("the same in Latin-1", "https://café.example".encode("latin-1"), 403),
    ("a look-alike letter", "https://examp\u217ce.com".encode(), 403),
    ("fullwidth", "https://ｅxample.com".encode(), 403),
    ("nothing", b"", 403),
    ("opaque", b"null", 403),
    ("opaque, in capitals", b"NULL", 403),
    ("no encryption", b"http://example.com", 403),
    ("a suffix", b"https://example.com.evil.test", 403),
    ("a prefix", b"https://evilexample.com", 403),
    ("a hyphen", b"https://evil-example.com", 403),
    ("a sibling of the wildcard", b"https://evil.aexample.com", 403),
    ("a user", b"https://example.com@evil.test", 403),
    ("as a user", b"https://evil.test@example.com", 403),
    ("a password", b"https://a:b@example.com", 403),
    ("a trailing dot", b"https://example.com.", 403),
    ("two dots", b"https://a..example.com", 201),
    ("a leading dot", b"https://.example.com", 201),
    ("a path", b"https://example.com/", 403),
    ("a query", b"https://example.com?", 403),
    ("a fragment", b"https://example.com#", 403),
    ("a backslash", b"https://evil.test\\@example.com", 403),
    ("a backslash for a slash", b"https:\\\\example.com", 403),
    ("an encoded dot", b"https://example%2Ecom", 403),
    ("an encoded slash", b"https://evil.test%2F.example.com", 403),
    ("a tab", b"https://exam\tple.com", 403),
    ("a space", b"https://example.com ", 403),
    ("two in one", b"https://example.com https://evil.test", 403),
    ("a list", b"https://example.com, https://evil.test", 403),
    ("an empty port", b"https://example.com:", 403),
    ("a port with zeros", b"https://example.com:0443", 403),
    ("a port too far", b"https://example.com:65536", 403),
    ("a port of letters", b"https://example.com:https", 403),
    ("another scheme", b"ftp://example.com", 403),
    ("a scheme within", b"https+x://example.com", 403),
    ("no slashes", b"https:example.com", 403),
    ("a NUL", b"https://example.com\0.evil.test", 403),
    ("this machine", b"http://localhost", 403),
    ("this machine's address", b"http://127.0.0.1:3000", 403),
    ("very long", b"https://" + b"a." * 20_000 + b"example.com", 403),
]


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[Running]:
    """A collector that the world can reach, with an alias in punycode."""
    async with running(tmp_path, host="0.0.0.0") as found:
        async with found.context.state.write() as connection:
            aliases = '["*.example.com","xn--caf-dma.example"]'
            await connection.exec_driver_sql("UPDATE site SET aliases = ?", (aliases,))
        await found.context.follower.refresh()
        yield found


async def test_an_origin_is_taken_at_its_exact_word(public: Running) -> None:
    app = app_of(public)
    for name, origin, status in ORIGINS:
        if name in ("two dots", "a leading dot"):  # no browser can be at such a host; whoever writes it is no page
            continue
        headers = [(b"origin", origin), *HEADERS[1:]]
        began = time.perf_counter()
        found = await asked(app, "POST", "/c/consent", msgspec.json.encode(yes()), headers)
        assert found[0] == status, name
        assert (b"access-control-allow-origin" in found[1]) == (status == 201), name
        assert time.perf_counter() - began < 2, name


async def test_a_name_of_many_labels_keeps_nobody_waiting(live: Running) -> None:
    app = app_of(live)
    began = time.perf_counter()
    for labels in (200, 20_000, 100_000):
        assert (await asked(app, "GET", f"/c/site/{'a.' * labels}example.com.json"))[0] in (200, 404)
    assert time.perf_counter() - began < 2


async def test_of_two_origins_no_page_gains_the_other_ones_right(public: Running) -> None:
    """Only a program sends two; whichever is judged is the one that may read the answer."""
    app, body = app_of(public), msgspec.json.encode(yes())
    for first, second in (
        (b"https://evil.test", b"https://example.com"),
        (b"https://example.com", b"https://evil.test"),
    ):
        headers = [(b"origin", first), (b"origin", second), *HEADERS[1:]]
        status, told, _ = await asked(app, "POST", "/c/consent", body, headers)
        assert (status, told.get(b"access-control-allow-origin")) in ((201, b"https://example.com"), (403, None))


async def test_who_asks_for_another_site_is_refused(live: Running) -> None:
    await add_site(live.context.state, "other.test", aliases=())
    await live.context.follower.refresh()
    for site in (
        "other.test",
        "OTHER.test",
        "other.test.",
        "unknown.test",
        "*.example.com",
        "a" * 253,
        "\u0000",
        "../",
    ):
        answer = await live.post("/c/consent", yes(site=site))
        assert answer.status_code == 403, site


# ── Where an address says it comes from, and how often


async def test_a_stranger_chooses_no_address(tmp_path: Path) -> None:
    """The limit by address counts the peer, or behind a trusted proxy the rightmost hop, and an IPv6 network as one."""
    async with running(tmp_path, trusted_proxies="10.0.0.0/8") as live:
        app, body = app_of(live), msgspec.json.encode(yes())

        async def statuses(peer: str, forwarded: Callable[[int], list[bytes]]) -> list[int]:
            live.context.limits.consent = Limit(0.001, 2)
            headers = [[*HEADERS, *((b"x-forwarded-for", value) for value in forwarded(n))] for n in range(4)]
            return [(await asked(app, "POST", "/c/consent", body, found, peer))[0] for found in headers]

        limited, free = [201, 201, 429, 429], [201] * 4
        assert await statuses("203.0.113.5", lambda n: [b"198.51.100.%d" % n]) == limited  # not from a proxy of ours
        assert await statuses("10.0.0.1", lambda n: [b"1.1.1.%d, 198.51.100.7" % n]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"1.1.1.%d" % n, b"198.51.100.7"]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"198.51.100.7:%d" % (4000 + n)]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"::ffff:198.51.100.7, 10.0.0.%d" % n]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"2001:db8::%d" % n]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"2001:db8::5%%zone%d" % n]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"nonsense%d" % n]) == limited
        assert await statuses("10.0.0.1", lambda n: [b"198.51.100.%d" % n]) == free
        assert await statuses("10.0.0.1", lambda n: [b"2001:db8:0:%d::1" % n]) == free
        other = [(b"x-real-ip", b"9.9.9.9"), (b"forwarded", b"for=9.9.9.9"), (b"cf-connecting-ip", b"9.9.9.9")]
        live.context.limits.consent = Limit(0.001, 2)
        told = [(await asked(app, "POST", "/c/consent", body, [*HEADERS, header]))[0] for header in other]
        assert told == [201, 201, 429]  # no other header names an address


async def test_each_limit_holds_by_itself(live: Running) -> None:
    await add_site(live.context.state, "other.test", aliases=(), draft=Draft(controller="O", contact="o@other.test"))
    await live.context.follower.refresh()
    first, second = (await live.consent())["token"], (await live.consent())["token"]
    other = (
        await live.post("/c/consent", yes(site="other.test", purposes=["measure"]), origin="https://other.test")
    ).json()

    async def statuses(*tokens: tuple[str, str]) -> list[int]:
        return [(await live.post("/c/events", beacon(token), origin=origin)).status_code for token, origin in tokens]

    tokens = [(first, ORIGIN), (first, ORIGIN), (second, ORIGIN), (other["token"], "https://other.test")]
    limits = live.context.limits
    kept = limits.token, limits.address, limits.site
    limits.token = Limit(0.001, 1)
    assert await statuses(*tokens) == [202, 429, 202, 202]
    limits.token, limits.site = kept[0], Limit(0.001, 2)
    assert await statuses(*tokens) == [202, 202, 429, 202]
    limits.site, limits.address = kept[2], Limit(0.001, 3)
    assert await statuses(*tokens) == [202, 202, 202, 429]


async def test_an_address_is_held_nowhere(tmp_path: Path) -> None:
    address, agent = "203.0.113.77", "Silberstreif4711"
    async with running(tmp_path, trusted_proxies="10.0.0.0/8", peer="10.0.0.1") as live:
        sent = {"x_forwarded_for": address, "user_agent": f"{CHROME} {agent}"}
        answer = await live.post("/c/consent", yes(), **sent)
        token = answer.json()["token"]
        for _ in range(3):
            referrer = {**PAGE, "r": "https://neighbour.test/secretpath?q=secretquery", "p": "/kept?q=secretquery"}
            assert (await live.post("/c/events", beacon(token, referrer), **sent)).status_code == 202
        modules = [vars(module) for name, module in sys.modules.items() if name.startswith("collector")]
        held = [found for found in reachable(live.context, live.owner, *modules) if isinstance(found, (str, bytes))]
        text = b"\n".join(found.encode("utf-8", "replace") if isinstance(found, str) else found for found in held)
        assert token.encode() in text, "the search sees what is held"
        for mark in (address, agent, "secretpath", "secretquery"):
            assert mark.encode() not in text, mark


# ── What a body may hold

DEEP = 1_000_000


def batch_with(token: str, raw: bytes, **changes: Any) -> bytes:
    """A batch whose field `$` is written as `raw`."""
    event = {"k": "event", "p": "/", "x": "name", "a": 0, **changes}
    return msgspec.json.encode(beacon(token, event)).replace(b'"$"', raw)


BODIES: list[tuple[str, Callable[[str], bytes], tuple[int, ...]]] = [
    ("a million brackets", lambda _: b"[" * DEEP, (413,)),
    ("a million objects", lambda _: b'{"t":' * DEEP, (413,)),
    ("as many brackets as may come", lambda _: b"[" * 16_384, (400,)),
    ("deep in a field", lambda t: batch_with(t, b'{"a":' + b"[" * 7000 + b"]" * 7000 + b"}", m="$"), (400,)),
    ("deep in an unknown field", lambda t: batch_with(t, b"[" * 7000 + b"]" * 7000, z="$"), (400,)),
    ("deep objects", lambda _: b'{"e":[{"m":' + b'{"a":' * 2000 + b"1" + b"}" * 2000, (400,)),
    ("not a number", lambda t: batch_with(t, b"NaN", b="$"), (400,)),
    ("infinity", lambda t: batch_with(t, b"Infinity", b="$"), (400,)),
    ("minus infinity", lambda t: batch_with(t, b"-Infinity", b="$"), (400,)),
    ("beyond a double", lambda t: batch_with(t, b"1e999", b="$"), (400,)),
    ("a property beyond a double", lambda t: batch_with(t, b'{"a":1e999}', m="$"), (400,)),
    ("4 000 digits", lambda t: batch_with(t, b'{"a":' + b"9" * 4000 + b"}", m="$"), (202,)),
    ("15 000 digits", lambda t: batch_with(t, b'{"a":' + b"9" * 15_000 + b"}", m="$"), (400,)),
    ("15 000 digits of an age", lambda t: batch_with(t, b"9" * 15_000, a="$"), (400,)),
    ("15 000 digits after the point", lambda t: batch_with(t, b"0." + b"9" * 15_000, b="$"), (202,)),
    ("an exponent of 5 000 digits", lambda t: batch_with(t, b"1e" + b"9" * 5000, b="$"), (400,)),
    ("a broken character", lambda t: batch_with(t, b'"\xff"', x="$"), (400,)),
    ("half a character", lambda t: batch_with(t, b'"\xc3"', x="$"), (400,)),
    ("an overlong character", lambda t: batch_with(t, b'"\xc0\xaf"', p="$"), (400,)),
    ("a surrogate in UTF-8", lambda t: batch_with(t, b'"\xed\xa0\x80"', x="$"), (400,)),
    ("a lone surrogate", lambda t: batch_with(t, b'"\\ud800"', x="$"), (400,)),
    ("a lone second surrogate", lambda t: batch_with(t, b'"\\udc00x"', x="$"), (400,)),
    ("a whole pair", lambda t: batch_with(t, b'"\\ud83d\\ude00"', x="$"), (202,)),
    ("a NUL", lambda t: batch_with(t, b'"a\\u0000b"', x="$"), (202,)),
    ("a NUL in the page", lambda t: batch_with(t, b'"/a\\u0000b"', p="$"), (202,)),
    ("a raw NUL", lambda t: batch_with(t, b'"a\0b"', x="$"), (400,)),
    ("a raw newline", lambda t: batch_with(t, b'"a\nb"', x="$"), (400,)),
    ("escapes of a terminal", lambda t: batch_with(t, b'"\\u001b[31m\\r\\n"', x="$"), (202,)),
    ("a byte order mark", lambda t: b"\xef\xbb\xbf" + msgspec.json.encode(beacon(t)), (400,)),
    ("UTF-16", lambda t: msgspec.json.encode(beacon(t)).decode().encode("utf-16"), (400,)),
    ("a comment", lambda t: b"/**/" + msgspec.json.encode(beacon(t)), (400,)),
    ("two values", lambda t: msgspec.json.encode(beacon(t)) * 2, (400,)),
    ("a trailing comma", lambda t: msgspec.json.encode(beacon(t))[:-1] + b",}", (400,)),
    ("single quotes", lambda t: msgspec.json.encode(beacon(t)).replace(b'"', b"'"), (400,)),
    ("spaces up to the limit", lambda t: msgspec.json.encode(beacon(t)).ljust(16_384), (202,)),
    ("one space more", lambda t: msgspec.json.encode(beacon(t)).ljust(16_385), (413,)),
    ("__proto__", lambda t: batch_with(t, b'{"__proto__":"x","constructor":"y"}', m="$"), (202,)),
]


async def test_no_body_makes_it_stumble(live: Running) -> None:
    """Each is stored or refused with a problem, quickly; and everything that was accepted reaches the store."""
    app, held = app_of(live), await live.consent()
    live.context.limited = False
    accepted = 0
    for name, body, statuses in BODIES:
        began = time.perf_counter()
        status, _, told = await asked(app, "POST", "/c/events", body(held["token"]), HEADERS)
        assert status in statuses, (name, status, told[:200])
        assert time.perf_counter() - began < 2, name
        accepted += status == 202
        if status == 400:
            assert problem(told) == "malformed", name
        for path in app._posts.keys() - {"/c/events"}:
            status, _, _ = await asked(app, "POST", path, body(held["token"]), HEADERS)
            refused = (401, 413) if path.startswith("/api/") else (400, 413)  # there the API token comes first
            assert status in refused, (path, name)
    rows = await live.rows("SELECT path, target, props FROM event")
    assert len(rows) == accepted
    assert live.owner.loader.counts.refused == 0
    for row in rows:
        assert not any(ord(character) < 32 for text in row if text for character in text), row


async def test_of_a_key_given_twice_one_value_is_checked_and_used(live: Running) -> None:
    """No part of the collector reads the other one: what is judged is what is stored."""
    good, gone = (await live.consent())["token"], (await live.consent())["token"]
    assert (await live.post("/c/withdraw", {"t": gone})).status_code == 204
    whole = msgspec.json.encode(beacon(good))
    for first, second, status in ((gone, good, 202), (good, gone, 410)):
        body = whole.replace(b'{"t":"%b"' % good.encode(), b'{"t":"%b","t":"%b"' % (first.encode(), second.encode()))
        assert (await live.post("/c/events", body)).status_code == status
    assert len(await live.rows()) == 1


SPAM = [
    ("markup", "https://<script>alert(1)</script>.test/"),
    ("a quote", 'https://evil".test/'),
    ("SQL", "https://x');DROP TABLE event;--.test/"),
    ("a formula", "https://=cmd|calc/"),
    ("control characters", "https://evil\r\nset-cookie: a=b.test/"),
    ("an escape of a terminal", "https://\x1b[31mevil.test/"),
    ("a direction mark", "https://\u202emoc.elgoog.test/"),
    ("a space", "https://buy cheap pills.test/"),
    ("no scheme", "evil.test/buy"),
    ("a script", "javascript:alert(1)"),
    ("data", "data:text/html,hello"),
    ("a very long host", "https://" + "a" * 2000 + ".test/"),
    ("a very long name of labels", "https://" + "a." * 900 + "test/"),
    ("a sentence in the path", "https://neighbour.test/buy-cheap-pills-now"),
    ("a sentence in the query", "https://neighbour.test/?buy=cheap+pills"),
    ("a user", "https://buy-cheap:pills@neighbour.test/"),
    ("an address", "https://203.0.113.9/"),
    ("an e-mail address", "https://jane.doe@neighbour.test/"),
]


async def test_a_referrer_brings_in_no_text(live: Running) -> None:
    token = (await live.consent())["token"]
    events = [{**PAGE, "r": raw} for _, raw in SPAM]
    answer = await live.post("/c/events", beacon(token, *events))
    assert answer.status_code == 202, answer.text
    rows = await live.rows("SELECT source, channel FROM event ORDER BY nth")
    for (name, _), (source, channel) in zip(SPAM, rows, strict=True):
        assert source is None or source == "neighbour.test" or (source.isascii() and source.isprintable()), name
        assert source is None or (len(source) <= 253 and not set(source) & set(" <>\"'`;=|()[]{}\\/")), (name, source)
        assert channel in ("Direct", "Referral"), name
        assert "cheap" not in (source or ""), (name, source)


# ── Ways in that do not exist

METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "post", "POST ")


async def test_a_post_is_a_post(live: Running) -> None:
    app, body = app_of(live), msgspec.json.encode(beacon((await live.consent())["token"]))
    overrides = [(b"x-http-method-override", b"POST"), (b"x-method-override", b"POST"), (b"x-http-method", b"POST")]
    assert len(app._posts) >= 5
    for path in app._posts:
        for method in METHODS:
            status, headers, _ = await asked(app, method, path, body, [*HEADERS, *overrides])
            assert (status, headers[b"allow"]) == (405, b"POST"), (path, method)
            assert b"access-control-allow-methods" not in headers
    for method in ("DELETE", "PUT"):  # nor does a POST become anything else
        status, _, _ = await asked(
            app, "POST", "/c/events", body, [*HEADERS, (b"x-http-method-override", method.encode())]
        )
        assert status == 202
    assert len(await live.rows()) == 1


def routes(live: Running, app: CollectorApp) -> list[str]:
    """Every path of the collector's own tables, its parts filled in rightly and wrongly."""
    notice = live.context.follower.current[SITE].id
    build = live.context.statics.tag.sha256[:12]
    rightly = {"prefix": build, "site": SITE, "id": notice, "job": "0" * 32}
    found = list(app._posts)
    for route in app._router.routes:
        assert isinstance(route, Route)
        for parts in (rightly, dict.fromkeys(rightly, "nothing")):
            path = route.path
            for name, value in parts.items():
                path = path.replace(f"{{{name}}}", value)
            assert "{" not in path, f"what stands for the part in {path}?"
            found.append(path)
    return [*dict.fromkeys(found), "/c/", "/c/nothing", "/c/tag.js/", "/.well-known/nothing"]


async def test_no_route_ever_sets_a_cookie_or_leads_elsewhere(live: Running) -> None:
    app, held = app_of(live), await live.consent()
    bodies = [b"", b"{", msgspec.json.encode(yes()), msgspec.json.encode(beacon(held["token"]))]
    bodies += [msgspec.json.encode(body) for body in ({"access_key": held["access_key"]}, beacon("c1.a.b.c"))]
    cookie = (b"cookie", b"session=1; byleave=2")
    seen: set[int] = set()
    paths = routes(live, app)
    assert len(paths) >= 15
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "DELETE", "POST"):
            for body in bodies if method == "POST" else bodies[:1]:
                for more in ((), ((b"sec-gpc", b"1"),), ((b"origin", b"https://evil.test"),)):
                    status, headers, _ = await asked(app, method, path, body, [*HEADERS, cookie, *more])
                    seen.add(status)
                    assert b"set-cookie" not in headers, (method, path)
                    assert b"location" not in headers, (method, path)
                    assert status < 500, (method, path, status)
    assert seen >= {200, 201, 202, 204, 400, 401, 403, 404, 405}


# ── What it remembers


async def test_what_is_refused_takes_no_memory(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing() -> None:
        """Nothing new is there to be learnt; to look takes a fifth of a second."""

    monkeypatch.setattr(live.context, "learn", nothing)
    app, token = app_of(live), (await live.consent())["token"]
    version, kid, payload, mac = token.split(".")

    async def storm(first: int, last: int) -> None:
        for n in range(first, last):
            bad = (f"{version}.{kid}.{payload[:-5]}{n:05}.{mac}", f"c1.kid{n:05}.{payload}.{mac}", random16())[n % 3]
            other = [(b"origin", b"https://a%d.evil%d.test" % (n, n)), *HEADERS[1:]]
            assert (await asked(app, "POST", "/c/events", msgspec.json.encode(beacon(bad)), HEADERS))[0] == 401
            assert (await asked(app, "POST", "/c/events", b"{}", other))[0] == 403
            assert (await asked(app, "POST", "/c/consent", msgspec.json.encode(yes(site=f"s{n}.test")), HEADERS))[
                0
            ] == 403
            assert (await asked(app, "GET", f"/c/site/s{n}.test.json"))[0] == 404
            assert (await asked(app, "GET", f"/c/notice/{n}"))[0] == 404

    await storm(0, 500)
    before = sum(1 for _ in reachable(live.context, app))
    await storm(500, 2_500)
    after = sum(1 for _ in reachable(live.context, app))
    assert after - before < 200


def test_a_limit_holds_so_many_keys_and_no_more() -> None:
    limit = Limit(1, 1)
    for key in range(HELD + 5_000):
        limit.wait(key)
    assert len(limit._buckets) == HELD


async def test_what_is_accepted_takes_no_more_memory_than_its_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in (
        "collector.senders.HELD",
        "collector.rate.HELD",
        "collector.origins.HELD",
        "collector.consent.token.CACHED",
    ):
        monkeypatch.setattr(bound, 50)
    async with running(tmp_path, trusted_proxies="10.0.0.0/8") as live:
        app, context = app_of(live), live.context
        notice = context.follower.current[SITE].id
        for n in range(300):
            consent = b"%16d" % n
            token = context.tokens.mint(SITE, consent, consent, notice, frozenset({"measure"}), int(time.time()))
            forwarded = (b"x-forwarded-for", b"198.51.%d.%d" % divmod(n, 250))
            headers = [(b"origin", b"https://a%d.example.com" % n), *HEADERS[1:], forwarded]
            body = msgspec.json.encode(beacon(token, {**PAGE, "p": f"/page-{n}", "r": f"https://r{n}.test/"}))
            assert (await asked(app, "POST", "/c/events", body, headers, "10.0.0.1"))[0] == 202
        assert len(context.senders) <= 50
        assert len(context.origins) <= 50
        assert len(context.limits.token._buckets) <= 50
        assert len(context.limits.address._buckets) <= 50
        assert context.tokens._verify.cache_info().currsize <= 50
        await asyncio.sleep(0)
