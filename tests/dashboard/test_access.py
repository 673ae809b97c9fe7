"""Every route of the app against everybody who may come: who is let in, who is not told that a site exists.

The routes are those of the app itself; one without a rule below fails.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from collector.state.accounts import create_account
from collector.state.tokens import create_token
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import EMAIL, OTHER, PASSWORD, House, csrf_of, opened, sign_in
from tests.dashboard.routing import API, every_route, filled

NOBODY = "nobody"
WHO = ("viewer", "stranger", "admin", "owner")
"""Viewer and admin are of SITE; a stranger is viewer of OTHER."""
TOKENS = ("token", "foreign token", "events token")

# What a page answers to: nobody, a viewer of the site, a viewer of another, its admin, an owner. Where anything else is
# the page's own affair (200, 303, 400, …) it says OK: what matters is that it was let in.
OK = 0
PAGE = (303, OK, 404, OK, OK)
ADMINISTERED = (303, 403, 404, OK, OK)
OWNED_SITE = (303, 403, 404, 403, OK)
OWNED = (303, 403, 403, 403, OK)
ANY = (303, OK, OK, OK, OK)
OPEN = (OK, OK, OK, OK, OK)

RULES: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/"): ANY,
    ("GET", "/sites"): ANY,
    ("GET", "/sites/{site}"): PAGE,
    ("GET", "/sites/{site}/rows/{tab}"): PAGE,
    ("POST", "/sites/{site}/annotations"): ADMINISTERED,
    ("POST", "/sites/{site}/segments"): ADMINISTERED,
    ("GET", "/sites/{site}/journeys"): PAGE,
    ("GET", "/sites/{site}/visits"): PAGE,
    ("GET", "/sites/{site}/goals"): PAGE,
    ("GET", "/sites/{site}/goals/goal"): ADMINISTERED,
    ("POST", "/sites/{site}/goals/goal"): ADMINISTERED,
    ("GET", "/sites/{site}/goals/funnel"): ADMINISTERED,
    ("POST", "/sites/{site}/goals/funnel"): ADMINISTERED,
    ("GET", "/sites/{site}/volume"): PAGE,
    ("GET", "/sites/{site}/consent"): PAGE,
    ("POST", "/sites/{site}/consent/verify"): ADMINISTERED,
    ("GET", "/sites/{site}/consent/export"): ADMINISTERED,
    ("GET", "/sites/{site}/setup"): PAGE,
    ("GET", "/sites/{site}/installation"): ADMINISTERED,
    ("POST", "/sites/{site}/installation/alias"): ADMINISTERED,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-in/code"): OPEN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/lost-password"): OPEN,
    ("POST", "/lost-password"): OPEN,
    ("GET", "/reset/{secret}"): OPEN,
    ("POST", "/reset/{secret}"): OPEN,
    ("GET", "/welcome/{secret}"): OPEN,
    ("POST", "/welcome/{secret}"): OPEN,
    ("POST", "/language"): OPEN,
    ("GET", "/share/{secret}"): OPEN,
    ("POST", "/share/{secret}"): OPEN,
    ("GET", "/share/{secret}/embed"): OPEN,
    ("GET", "/static/{name:path}"): OPEN,
    ("GET", "/account"): ANY,
    ("POST", "/account/password"): ANY,
    ("POST", "/account/sign-ins/end"): ANY,
    ("GET", "/account/second-factor"): ANY,
    ("POST", "/account/second-factor"): ANY,
    ("POST", "/account/second-factor/off"): ANY,
    ("POST", "/account/recovery-codes"): ANY,
    ("GET", "/settings/people"): OWNED,
    ("POST", "/settings/people/invite"): OWNED,
    ("POST", "/settings/people/change"): OWNED,
    ("POST", "/settings/people/remove"): OWNED,
    ("GET", "/settings/audit"): OWNED,
    ("GET", "/settings/sites"): OWNED,
    ("POST", "/settings/sites"): OWNED,
    ("GET", "/sites/{site}/settings"): ADMINISTERED,
    ("POST", "/sites/{site}/settings"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/title"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/notice"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/tokens"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/tokens/revoke"): ADMINISTERED,
    ("GET", "/sites/{site}/settings/shares"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/shares"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/shares/revoke"): ADMINISTERED,
    ("POST", "/sites/{site}/settings/remove"): OWNED_SITE,
}
# Of the API, besides the five: a token of the site, a token of another site, a token for events alone.
READ = (401, OK, 404, OK, OK, OK, 404, 403)
API_RULES = {
    ("POST", "/query"): READ,
    ("POST", "/journeys"): READ,
    ("POST", "/funnel"): READ,
    ("GET", "/live"): READ,
    ("GET", "/visits"): READ,
    ("GET", "/volume"): READ,
    ("GET", "/coverage"): READ,
    ("GET", "/consent"): READ,
    ("GET", "/totals"): READ,
    ("GET", "/export"): READ,
    ("POST", "/events"): (421,) * 8,  # the collector's own: tests/routes/test_backend.py
    ("GET", "/openapi.json"): (OK,) * 8,
}
LEAVING = ("/sign-out",)
"""A proven form there would end the session that the next line of the table needs."""
DAYS = {"from": "2026-10-01", "to": "2026-10-02"}
BODIES: dict[str, dict[str, Any]] = {
    "/query": {**DAYS, "metrics": ["visits"]},
    "/journeys": DAYS,
    "/funnel": {**DAYS, "steps": [{"page": "/"}, {"page": "/b"}]},
    "/events": {},
}
EXPORT = '{"site":"%s","from":"2026-10-01","to":"2026-10-02","metrics":["visits"],"dimensions":["page"]}'


@dataclass
class Crowd:
    """A house, and everybody's browser by who they are."""

    house: House
    browsers: dict[str, httpx2.AsyncClient]
    proofs: dict[str, str]
    tokens: dict[str, str]

    async def ask(self, who: str, method: str, path: str, site: str) -> httpx2.Response:
        """One request; a form is proven where there is a session, and holds nothing else."""
        browser = self.browsers[who]
        there = filled(path, site=site)
        if path.startswith(API):
            return await self._call(browser, method, path, site, {})
        if method == "GET":
            return await browser.get(there)
        proof = "" if path in LEAVING else self.proofs.get(who, "")
        return await browser.post(there, data={"csrf": proof})

    async def call(self, which: str, method: str, path: str, site: str) -> httpx2.Response:
        """One request to the API with a token."""
        headers = {"authorization": f"Bearer {self.tokens[which]}"}
        return await self._call(self.browsers[NOBODY], method, path, site, headers)

    async def _call(
        self, browser: httpx2.AsyncClient, method: str, path: str, site: str, headers: dict[str, str]
    ) -> httpx2.Response:
        if method == "POST":
            body = {**BODIES[path.removeprefix(API)], "site": site}
            return await browser.post(path, json=body, headers=headers)
        query = {"site": site, "q": EXPORT % site, "format": "csv", **DAYS}
        if path.endswith("/export"):
            query = {"q": EXPORT % site, "format": "csv"}
        return await browser.get(path, params=query, headers=headers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    folder = tmp_path_factory.mktemp("crowd")
    async with opened(folder) as house:
        async with house.state.write() as connection:
            now = int(time.time())
            for name, role, site in (
                ("viewer", "viewer", SITE),
                ("stranger", "viewer", OTHER),
                ("admin", "admin", SITE),
            ):
                await create_account(connection, f"{name}@example.com", PASSWORD, role, now, [site])
            tokens = {
                "token": await create_token(connection, SITE, "", now),
                "foreign token": await create_token(connection, OTHER, "", now),
                "events token": await create_token(connection, SITE, "", now, "events"),
            }
        browsers = {who: house.browser() for who in (NOBODY, *WHO)}
        proofs = {}
        for who in WHO:
            answer = await sign_in(browsers[who], EMAIL if who == "owner" else f"{who}@example.com")
            assert answer.status_code == 303, answer.text
            proofs[who] = csrf_of((await browsers[who].get("/sites")).text)
        yield Crowd(house, browsers, proofs, tokens)
        await asyncio.gather(*(browser.aclose() for browser in browsers.values()))


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    ruled = {*RULES, *((method, API + path) for method, path in API_RULES)}
    assert set(every_route()) == ruled


@pytest.mark.parametrize(("method", "path"), RULES, ids=[" ".join(rule) for rule in RULES])
async def test_a_page_lets_in_whom_it_should(crowd: Crowd, method: str, path: str) -> None:
    for who, expected in zip((NOBODY, *WHO), RULES[method, path], strict=True):
        answer = await crowd.ask(who, method, path, SITE)
        held(answer, expected, who)
        if expected == 303:
            assert answer.headers["location"].startswith("/sign-in"), who
        if expected == 404:
            unknown = await crowd.ask(who, method, path, "nowhere.example")
            told = unknown.text.replace("nowhere.example", SITE)  # the way back to the page, in another language
            assert (unknown.status_code, told) == (404, answer.text), "a foreign site is told as an unknown one"


@pytest.mark.parametrize(("method", "path"), API_RULES, ids=[" ".join(rule) for rule in API_RULES])
async def test_the_api_lets_in_whom_it_should(crowd: Crowd, method: str, path: str) -> None:
    for who, expected in zip((NOBODY, *WHO, *TOKENS), API_RULES[method, path], strict=True):
        ask = crowd.call if who in TOKENS else crowd.ask
        answer = await ask(who, method, API + path, SITE)
        held(answer, expected, who)
        if expected == OK and path != "/openapi.json":
            assert answer.status_code == 200, (who, answer.text)
        if expected == 404:
            unknown = await ask(who, method, API + path, "nowhere.example")
            assert (unknown.status_code, unknown.text) == (404, answer.text), "a foreign site is told as an unknown one"


def held(answer: httpx2.Response, expected: int, who: str) -> None:
    """Whether an answer is what the rule says: let in, or turned away exactly so."""
    if expected:
        assert answer.status_code == expected, (who, answer.text)
    else:
        assert answer.status_code < 500, who
        assert answer.status_code not in (401, 403, 405) or "out of date" in answer.text, (who, answer.text)
        assert not answer.headers.get("location", "").startswith("/sign-in?"), who


async def test_lists_name_only_the_sites_one_may_read(crowd: Crowd) -> None:
    for who, seen, hidden in (("viewer", SITE, OTHER), ("admin", SITE, OTHER), ("stranger", OTHER, SITE)):
        text = (await crowd.browsers[who].get("/sites")).text
        assert f'href="/sites/{seen}"' in text, who
        assert f'href="/sites/{hidden}"' not in text, who
        home = await crowd.browsers[who].get("/")
        assert home.headers["location"] == f"/sites/{seen}"
        assert f"/sites/{hidden}" not in (await crowd.browsers[who].get(f"/sites/{seen}/setup")).text
