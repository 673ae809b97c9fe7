"""What who holds a link may see, and that it is all."""

import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from collector.state.shares import Share, create_share, list_shares, revoke_share
from collector.state.sites import named
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House, csrf_of
from tests.dashboard.routing import every_route, filled
from tests.rows import line

PASSWORD = "a long enough password"
FRAMER = "https://www.example.org"


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that is signed in nowhere."""
    async with house.browser() as browser:
        yield browser


async def made(house: House, **more: Any) -> tuple[Share, str]:
    async with house.state.write(followed=False) as connection:
        share, secret = await create_share(connection, SITE, "the board", int(time.time()), **more)
    return share, f"/share/{secret}"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


async def test_the_numbers_are_the_apis_of_whole_days(
    visited: House, anybody: httpx2.AsyncClient, owner: httpx2.AsyncClient, token: str
) -> None:
    _, path = await made(visited)
    day = datetime.now(UTC).astimezone().date()
    answer = await anybody.get(path)
    assert answer.status_code == 200
    shown = words(answer.text)
    asked = {
        "site": SITE,
        "from": (day - timedelta(days=30)).isoformat(),
        "to": (day - timedelta(days=1)).isoformat(),
        "metrics": ["visits", "pageviews"],
    }
    found = await anybody.post("/api/v1/query", json=asked, headers={"authorization": f"Bearer {token}"})
    totals = found.json()["totals"]
    assert f"Visits {totals['visits']:,}" in shown
    assert f"Pageviews {totals['pageviews']:,}" in shown
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert (answer.headers["referrer-policy"], answer.headers["x-robots-tag"]) == ("no-referrer", "noindex, nofollow")


async def test_every_text_is_held_to_k(house: House, anybody: httpx2.AsyncClient) -> None:
    """Six people on one page, four on another: the page, source, browser, campaign, click and event of the four go."""
    days = [datetime.now(UTC) - timedelta(days=3)] * 10
    rows = []
    for number, at in enumerate(days):
        few = number < 4
        told = "rare" if few else "common"
        common: dict[str, Any] = {
            "visit": number + 1,
            "subject": bytes([number + 1]) * 16,
            "occurred_at": f"{at:%Y-%m-%d %H:%M:%S}",
            "source": f"{told}.example",
            "browser": f"{told} browser",
            "os": f"{told} system",
            "device": f"{told} device",
            "utm_campaign": f"{told} campaign",
            "country": "FR" if few else "DE",
            "city": f"{told} city",
        }
        rows += [
            line(path=f"/{told}", nth=0, **common),
            line(kind="event", target=f"{told} event", path=f"/{told}", nth=1, **common),
            line(kind="click", target=f"{told} click", target_kind="button", path=f"/{told}", nth=2, **common),
        ]
    await house.load(*rows)
    _, path = await made(house)
    shown = ""
    for tab in ("pages", "entry", "exit"):
        shown += words((await anybody.get(f"{path}?pages={tab}")).text)
    for panel, tabs in {
        "sources": ("channels", "sources", "campaigns"),
        "places": ("countries", "cities", "map"),
        "tech": ("browsers", "systems", "devices", "versions"),
        "actions": ("clicks", "events"),
    }.items():
        for tab in tabs:
            shown += words((await anybody.get(f"{path}?{panel}={tab}")).text)
    assert "rare" not in shown
    assert "France" not in shown
    for found in ("/common", "common.example", "common browser", "common campaign", "Germany", "common event"):
        assert found in shown
    assert "Of fewer than 5 people each, and summed: 1 row of 4 visits." in shown
    assert "Visits 10" in shown, "totals stay true"


REFUSED = [
    "from=2026-01-01&to=2026-01-02",
    "period=today",
    "period=yesterday",
    "period=month",
    "period=custom",
    "period=7d&period=today",
    "f=is:country:DE",
    "fd=country&fo=is&fv=DE",
    "by=minute",
    "by=hour",
    "compare=year",
    "focus=x",
    "offset=10",
    "search=a",
    "format=csv",
    "metric=value",
    "pages=nothing",
    "actions=missing",
    "site=other.example",
    "k=1",
]


@pytest.mark.parametrize("query", REFUSED)
async def test_more_cannot_be_asked_for(visited: House, anybody: httpx2.AsyncClient, query: str) -> None:
    _, path = await made(visited, origins=(FRAMER,))
    for there in (path, f"{path}/embed"):
        answer = await anybody.get(f"{there}?{query}")
        assert answer.status_code == 400
        assert "Choose from what it offers" in answer.text


async def test_every_link_of_the_page_stays_behind_the_link(visited: House, anybody: httpx2.AsyncClient) -> None:
    _, path = await made(visited)
    seen: set[str] = set()
    todo = [path]
    while todo and len(seen) < 15:
        here = todo.pop()
        answer = await anybody.get(here)
        assert answer.status_code == 200, here
        seen.add(here)
        hrefs = {unescape(found).partition("#")[0] for found in re.findall(r'href="([^"]*)"', answer.text)}
        inside = {href for href in hrefs if href.startswith(path)}
        rest = hrefs - inside - {""}
        assert {href for href in rest if not href.startswith("/static/")} == {"https://db-ip.com"}
        assert "data-href" not in answer.text
        todo += sorted(inside - seen - set(todo))
    assert len(seen) == 15


async def test_it_can_read_and_nothing_else(visited: House, anybody: httpx2.AsyncClient) -> None:
    """Every route and method, by a browser that has opened a link with its password (GHSA-8www-cffh-4q98)."""
    share, path = await made(visited, password=PASSWORD)
    form = await anybody.get(path)
    await anybody.post(path, data={"csrf": csrf_of(form.text), "password": PASSWORD})
    assert (await anybody.get(path)).status_code == 200
    before = await told(visited)
    secret = path.rpartition("/")[2]
    for method, route in every_route():
        if route.startswith(("/share", "/static", "/sign-in", "/lost-password")) or route == "/sign-out":
            continue
        there = filled(route, secret=secret)
        for headers in ({}, {"authorization": f"Bearer {secret}"}):
            proof = anybody.cookies.get("__Host-byleave-form", "")
            data = None if method == "GET" or route.startswith("/api") else {"csrf": proof, "id": share.id}
            answer = await anybody.request(method, there, data=data, headers=headers)
            shown = answer.status_code == 200 and route != "/api/v1/openapi.json"
            assert not shown, (method, there)
    assert await told(visited) == before


async def told(house: House) -> object:
    async with house.state.read() as connection:
        return await list_shares(connection, SITE), await named(connection, SITE)


@pytest.mark.parametrize("how", ["revoked", "over", "wrong", "cut", "site removed"])
async def test_what_leads_nowhere_says_the_same(
    visited: House, anybody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    share, path = await made(visited, origins=(FRAMER,), expires_at=int(time.time()) + 100)
    assert (await anybody.get(path)).status_code == 200
    never = (await anybody.get(f"/share/{'x' * 43}")).text
    if how == "revoked":
        async with visited.state.write(followed=False) as connection:
            assert await revoke_share(connection, "other.example", share.id) is None
            assert await revoke_share(connection, SITE, share.id) is not None
    if how == "over":
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 101)
    if how == "wrong":
        path = path[:-1] + ("A" if path[-1] != "A" else "B")
    if how == "cut":
        path = path[:-5]
    if how == "site removed":
        visited.follower.sites.pop(SITE)
    for there in (path, f"{path}/embed", f"{path}?period=nonsense"):
        answer = await anybody.get(there)
        assert (answer.status_code, answer.text) == (410, never)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_password_is_asked_for_once(visited: House, anybody: httpx2.AsyncClient) -> None:
    share, path = await made(visited, password=PASSWORD)
    form = await anybody.get(path)
    assert SITE not in form.text
    proof = csrf_of(form.text)
    wrong = await anybody.post(path, data={"csrf": proof, "password": "wrong"})
    assert (wrong.status_code, "not the password" in wrong.text) == (400, True)
    assert (await anybody.post(path, data={"csrf": "x", "password": PASSWORD})).status_code == 403
    right = await anybody.post(path, data={"csrf": proof, "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, path)
    cookie = right.headers["set-cookie"]
    assert cookie.startswith(f"__Host-byleave-share-{share.id}=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Visits to" in (await anybody.get(path)).text
    _, other = await made(visited, password=PASSWORD)
    value = anybody.cookies.get(f"__Host-byleave-share-{share.id}")
    assert "has a password" in (await anybody.get(other)).text, "each link has its own"
    forged = f"9{value}"
    async with visited.browser() as stranger:
        stranger.cookies.set(f"__Host-byleave-share-{share.id}", forged, domain="stats.example.net")
        assert "has a password" in (await stranger.get(path)).text


async def test_guesses_are_slowed_down(visited: House, anybody: httpx2.AsyncClient) -> None:
    _, path = await made(visited, password=PASSWORD)
    proof = csrf_of((await anybody.get(path)).text)
    answers = [await anybody.post(path, data={"csrf": proof, "password": "wrong"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_only_the_pages_named_may_frame_it(visited: House, anybody: httpx2.AsyncClient) -> None:
    _, path = await made(visited, origins=(FRAMER, "https://*.example.net:8443"))
    framed = await anybody.get(f"{path}/embed")
    policy = framed.headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {FRAMER} https://*.example.net:8443")
    assert ("x-frame-options" in framed.headers, "set-cookie" in framed.headers) == (False, False)
    whole = await anybody.get(path)
    assert whole.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert whole.headers["x-frame-options"] == "DENY"
    _, alone = await made(visited)
    assert (await anybody.get(f"{alone}/embed")).status_code == 410


async def test_the_last_use_is_kept_by_the_day(visited: House, anybody: httpx2.AsyncClient) -> None:
    _, path = await made(visited)
    for _ in range(2):
        await anybody.get(path)
    async with visited.state.read() as connection:
        (share,) = await list_shares(connection, SITE)
    assert share.used_at is not None and time.time() - share.used_at < 60
