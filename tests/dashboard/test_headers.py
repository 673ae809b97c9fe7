"""What every answer says, whichever it is: the policy, the cookies, where it leads; the routes are the app's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from dashboard.auth_throttle import Throttle
from dashboard.headers import SECURITY
from tests.dashboard.conftest import BASE, House, csrf_of, opened, sign_in
from tests.dashboard.routing import API, every_route, filled

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROUTES = sorted({path for _, path in every_route()})
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
EVIL = "evil.example"
# As a header, a part of a path, and a value: what would end a line, or begin another header.
SPLIT = "x\r\nset-cookie: planted=1\r\n\r\n<script>"


@dataclass
class Doors:
    """A house with its signed-in owner, and nobody."""

    house: House
    owner: httpx2.AsyncClient
    nobody: httpx2.AsyncClient

    async def answers(self, path: str, **sent: Any) -> list[httpx2.Response]:
        """What both are told, by every method."""
        proof = csrf_of((await self.owner.get("/sites")).text)
        form = {"csrf": proof, "name": "", "id": "x"} if not path.startswith("/sign-out") else {"csrf": ""}
        return [
            await browser.request(method, path, data=form if method == "POST" else None, **sent)
            for browser in (self.nobody, self.owner)
            for method in METHODS
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Throttle, "wait", lambda *_: 0)
        async with (
            opened(tmp_path_factory.mktemp("doors")) as house,
            house.browser() as owner,
            house.browser() as nobody,
        ):
            assert (await sign_in(owner)).status_code == 303
            yield Doors(house, owner, nobody)


def policy_of(answer: httpx2.Response) -> dict[str, list[str]]:
    """The directives of the one policy an answer carries."""
    (sent,) = answer.headers.get_list("content-security-policy")
    return {name: values for name, *values in (rule.split() for rule in sent.split(";"))}


def is_strict(answer: httpx2.Response) -> None:
    """No inline script or style, nothing from elsewhere, and no frame around it but where its owner names the sites."""
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] in (["'self'"], ["'none'"])
    for name, values in policy.items():
        if name.endswith("-src"):
            assert set(values) <= {"'self'", "'none'"}, name
        assert not {"*", "http:", "https:", "'unsafe-inline'", "'unsafe-eval'"} & set(values), name
    assert policy["frame-ancestors"], "said, and never left open"
    for name, value in SECURITY.items():
        if name not in ("Content-Security-Policy", "X-Frame-Options"):
            assert answer.headers[name] == value, name
    if policy["frame-ancestors"] == ["'none'"]:
        assert answer.headers["x-frame-options"] == "DENY"


def is_ours(answer: httpx2.Response) -> None:
    """It leads to this server alone, and its cookies are out of reach of scripts, siblings and plain connections."""
    if "location" in answer.headers:
        place = answer.headers["location"]
        assert place.startswith("/") and not place.startswith(("//", "/\\")), place
    for name, value in answer.headers.multi_items():
        assert not set(value) & {"\r", "\n", "\0"}, name
    for cookie in answer.headers.get_list("set-cookie"):
        name, *attributes = (part.strip().lower() for part in cookie.split(";"))
        assert name.startswith("__host-byleave"), cookie
        assert {"secure", "httponly", "path=/"} < set(attributes), cookie
        assert {"samesite=lax", "samesite=strict"} & set(attributes), cookie
        assert not [one for one in attributes if one.startswith("domain")], cookie


@pytest.mark.parametrize("path", ROUTES)
async def test_every_answer_is_sealed_and_leads_home(doors: Doors, path: str) -> None:
    statuses = set()
    for answer in await doors.answers(filled(path)):
        is_strict(answer)
        is_ours(answer)
        statuses.add(answer.status_code)
    assert 405 in statuses
    assert not [status for status in statuses if status >= 500]


@pytest.mark.parametrize("path", ROUTES)
async def test_no_address_leads_elsewhere(doors: Doors, path: str) -> None:
    """Slashes too many or too few, hosts of others, and what would end a header."""
    there = filled(path)
    ways = [
        there + "/",
        "/" + there,
        there.rstrip("/") + "//evil.example",
        "/\\evil.example" + there,
        there + "/%0d%0aset-cookie:x=1",
    ]
    hosts = (EVIL, f"stats.example.net@{EVIL}", f"{EVIL}/", f"{EVIL}#", "a b", "[", "")
    values = {name: value for value in (SPLIT,) for name in ("next", "back", "q", "f", "file", "site", "lang", "step")}
    for browser in (doors.nobody, doors.owner):
        answers = [await browser.get(BASE + way) for way in ways]
        answers += [await browser.get(there + end, headers={"host": host}) for host in hosts for end in ("", "/")]
        answers += [await browser.get(there, params=values), await browser.get(there, params={"next": f"//{EVIL}"})]
        for answer in answers:
            assert answer.status_code < 500, answer.url
            is_ours(answer)
            is_strict(answer)


@pytest.mark.parametrize("query", [b"\xff", b"next=\xff\xfe", b"f=\xc3", b"%", b"%zz", b"a=%ff", b"=&=&;"])
async def test_bytes_that_are_no_query_are_no_crash(doors: Doors, query: bytes) -> None:
    for path in ("/", "/sites", filled("/sites/{site}"), "/sign-in", "/nothing", f"{API}/live"):
        status, headers = await bare(doors.house, path, query)
        assert status < 500, path
        assert b"content-security-policy" in headers


async def test_a_crash_is_told_whatever_the_query(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("dashboard.auth_guard.find_session", crash)
    told: list[Any] = []
    with suppress(RuntimeError):  # told, and raised again for who runs the app
        await bare(doors.house, "/sites", b"\xff", told)
    assert told[0]["status"] == 500
    assert b"content-security-policy" in dict(told[0]["headers"])


async def bare(house: House, path: str, query: bytes, sent: list[Any] | None = None) -> tuple[int, dict[bytes, bytes]]:
    """A request with a query that no client would send; status and headers of its answer."""
    sent = [] if sent is None else sent
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": query, "root_path": "", "scheme": "https", "server": ("stats.example.net", 443),
        "client": ("192.0.2.7", 1), "headers": [(b"host", b"stats.example.net")],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await house.app(scope, receive, send)
    await asyncio.sleep(0)
    return sent[0]["status"], dict(sent[0]["headers"])
