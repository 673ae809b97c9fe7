"""No change is made by a form that this session's own page did not send; the routes are those of the app itself."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select

from collector.state import tables
from collector.state.accounts import create_account
from collector.state.resets import begin_reset
from collector.state.segments import keep_segment
from collector.state.shares import create_share, mark_used
from collector.state.tokens import create_token
from dashboard.auth_invitation import Invitation, invite
from dashboard.auth_throttle import Throttle
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import BASE, EMAIL, OTHER, PASSWORD, House, csrf_of, opened, sign_in
from tests.dashboard.routing import API, changes, every_route, filled

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAY = "2026-10-01"
# What would change something on one route or another, if it were taken.
FIELDS = {
    "email": "other@example.com",
    "role": "owner",
    "site": SITE,
    "name": SITE,
    "text": "planted",
    "day": DAY,
    "label": "planted",
    "scope": "read",
    "host": "planted.example",
    "timezone": "UTC",
    "aliases": "www.planted.example",
    "old": PASSWORD,
    "new": "a planted password",
    "password": PASSWORD,
    "id": "",
    "do": "",
    "language": "de",
    "back": f"/sites/{SITE}?f=is:country:DE",
}
EVIL = "https://evil.example"
NAMELESS = {"sec-fetch-site": ""}
"""A browser of before Fetch Metadata: its Origin decides."""


@dataclass
class Stage:
    """A house, its signed-in owner, and proofs that are good elsewhere."""

    house: House
    owner: httpx2.AsyncClient
    own: str
    proofs: dict[str, str]
    secrets: dict[str, str]

    async def stands(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that the state holds."""
        async with self.house.state.read() as connection:
            return {
                table.name: sorted(map(tuple, (await connection.execute(select(table))).all()), key=repr)
                for table in tables.metadata.sorted_tables
            }

    async def send(self, path: str, proof: str | None, headers: dict[str, str]) -> httpx2.Response:
        """A form that would change something, to a path, with a proof."""
        first = path.split("/")[1]
        sent = self.owner.build_request(
            "POST",
            filled(path, secret=self.secrets.get(first, "nothing")),
            data={**FIELDS, **({} if proof is None else {"csrf": proof})},
            headers=headers,
        )
        if not headers.get("sec-fetch-site", "given"):
            del sent.headers["sec-fetch-site"]
        return await self.owner.send(sent)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    now = int(time.time())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Throttle, "wait", lambda *_: 0)
        async with opened(tmp_path_factory.mktemp("stage")) as house:
            async with house.state.write() as connection:
                await create_account(connection, "other@example.com", PASSWORD, "viewer", now, [OTHER])
                await create_token(connection, SITE, "kept", now)
                await keep_segment(connection, SITE, "kept", ["is:country:DE"])
                invitation = await invite(connection, Invitation("owner", "third@example.com"), now)
                begun = await begin_reset(connection, EMAIL, now)
                link, shared = await create_share(connection, SITE, "kept", now, password=PASSWORD)
                await mark_used(connection, link, now)
            assert begun
            async with house.browser() as owner, house.browser() as elsewhere, house.browser() as stranger:
                for browser in (owner, elsewhere):
                    assert (await sign_in(browser)).status_code == 303
                own, others = [csrf_of((await browser.get("/sites")).text) for browser in (owner, elsewhere)]
                form = csrf_of((await stranger.get("/sign-in")).text)
                proofs = {
                    "another session's": others,
                    "a stranger's form's": form,
                    "the cookie's": owner.cookies["__Host-byleave"],
                }
                yield Stage(house, owner, own, proofs, {"welcome": invitation, "reset": begun.secret, "share": shared})


FORGED = {
    "without a proof": ({}, None),
    "an empty proof": ({}, ""),
    "a wrong proof": ({}, "A" * 43),
    "another session's": ({}, "another session's"),
    "a stranger's form's": ({}, "a stranger's form's"),
    "the cookie's": ({}, "the cookie's"),
    "from another site": ({"sec-fetch-site": "cross-site", "origin": EVIL}, "own"),
    "from a sibling": ({"sec-fetch-site": "same-site", "origin": "https://www.example.net"}, "own"),
    "from nowhere": ({"sec-fetch-site": "none"}, "own"),
    "in two ways": ({"sec-fetch-site": "same-origin, cross-site"}, "own"),
    "another origin": ({**NAMELESS, "origin": EVIL}, "own"),
    "an opaque origin": ({**NAMELESS, "origin": "null"}, "own"),
    "a longer origin": ({**NAMELESS, "origin": f"{BASE}.evil.example"}, "own"),
    "a user in the origin": ({**NAMELESS, "origin": f"{BASE}@evil.example"}, "own"),
    "no origin at all": ({**NAMELESS, "origin": "http://[stats"}, "own"),
    "another scheme": ({**NAMELESS, "origin": BASE.replace("https", "ftp")}, "own"),
}


@pytest.mark.parametrize("path", changes())
async def test_a_forged_form_changes_nothing(stage: Stage, path: str) -> None:
    before = await stage.stands()
    for name, (headers, proof) in FORGED.items():
        given = stage.own if proof == "own" else stage.proofs.get(proof or "", proof)
        answer = await stage.send(path, given, headers)
        assert answer.status_code in (403, 410), (name, answer.text)
        assert "set-cookie" not in answer.headers or "__Host-byleave=" not in answer.headers["set-cookie"], name
    assert await stage.stands() == before


@pytest.mark.parametrize("path", changes())
async def test_no_other_kind_of_body_gets_past(stage: Stage, path: str) -> None:
    """A page elsewhere can send text and files without being asked; the proof is looked for in a form alone."""
    before, there = await stage.stands(), filled(path)
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
        body = f"csrf={stage.own}&name={SITE}".encode()
        answer = await stage.owner.post(there, content=body, headers={"content-type": kind})
        assert answer.status_code in (403, 410, 415), (kind, answer.text)
    assert await stage.stands() == before


@pytest.mark.parametrize("path", [path for path in changes() if not path.startswith(("/sign-", "/account"))])
async def test_its_own_form_gets_past(stage: Stage, path: str) -> None:
    """The one above would tell nothing where every form is refused."""
    if path.startswith(("/welcome", "/reset", "/lost-password", "/share")):
        page = filled(path, secret=stage.secrets.get(path.split("/")[1], ""))
        async with stage.house.browser() as browser:
            proof = csrf_of((await browser.get(page)).text)
            answer = await browser.post(page, data={"csrf": proof, "email": "", "password": ""})
    else:
        answer = await stage.owner.post(filled(path), data={"csrf": stage.own})
    assert answer.status_code not in (403, 410), answer.text


# Events are taken by the collector, which knows no session: tests/routes/test_backend.py.
ASKING = [
    path for method, path in every_route() if method != "GET" and path.startswith(API) and path != f"{API}/events"
]
NO_COOKIE = {name: headers for name, (headers, proof) in FORGED.items() if proof == "own"}


@pytest.mark.parametrize("path", ASKING)
async def test_a_session_asks_the_api_from_its_own_pages_alone(stage: Stage, path: str) -> None:
    for name, headers in {**NO_COOKIE, "nothing": NAMELESS}.items():
        for proof in ("", "A" * 43, stage.proofs["another session's"]):
            sent = stage.owner.build_request(
                "POST", path, json={"site": SITE}, headers={"x-csrf-token": proof, **headers}
            )
            if not headers.get("sec-fetch-site", "given"):
                del sent.headers["sec-fetch-site"]
            assert (await stage.owner.send(sent)).status_code in (401, 403), (name, proof)


HANDED_OVER = "/sites/{site}/consent/export"


@pytest.mark.parametrize("path", [path for method, path in every_route() if method == "GET"])
async def test_looking_changes_nothing(stage: Stage, path: str) -> None:
    """A link or picture elsewhere may ask for any address, with the session's cookie.

    The one trace that looking may leave is the audit's line on a log that was handed over.
    """
    before = await stage.stands()
    for method in ("GET", "HEAD"):
        await stage.owner.request(
            method, filled(path), params={**FIELDS, "csrf": stage.own}, headers={"sec-fetch-site": "cross-site"}
        )
    after = await stage.stands()
    noted = [row[3] for row in after.pop("audit") if row not in before["audit"]]
    assert noted == (["consent exported"] if path == HANDED_OVER else [])
    assert after == {name: rows for name, rows in before.items() if name != "audit"}


async def test_an_override_of_the_method_is_none(stage: Stage) -> None:
    before = await stage.stands()
    for name in ("x-http-method-override", "x-method-override", "x-http-method"):
        sent = {name: "POST", "content-type": "application/x-www-form-urlencoded"}
        await stage.owner.get(f"/sites/{SITE}/settings/remove", params={"_method": "POST"}, headers=sent)
    assert await stage.stands() == before
