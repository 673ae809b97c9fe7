"""The first owner's one-time link."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import update

from collector.settings import Settings
from collector.state import tables
from collector.state.accounts import check_password, list_accounts
from collector.state.database import State
from collector.state.follow import Follower
from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from dashboard.app import create_app
from dashboard.auth_invitation import owner_invitation
from tests.dashboard.conftest import House, csrf_of

FORM = {"email": "first@example.com", "password": "twelve chars and more"}


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[House]:
    """A house without an account."""
    state = await asyncio.to_thread(State.open, tmp_path)
    follower = Follower(state)
    await follower.refresh()
    store = await DuckStore.open(Place(tmp_path))
    app = await asyncio.to_thread(create_app, Settings(data=str(tmp_path)), state, follower, store)
    yield House(app, state, follower, store)
    await store.close()
    await state.close()


async def take(browser: httpx2.AsyncClient, secret: str, **fields: str) -> httpx2.Response:
    form = await browser.get(f"/welcome/{secret}")
    assert form.status_code == 200
    return await browser.post(f"/welcome/{secret}", data={**FORM, **fields, "csrf": csrf_of(form.text)})


async def test_the_link_makes_the_owner_once_and_signs_in(empty: House) -> None:
    secret = await owner_invitation(empty.state)
    assert secret
    async with empty.browser() as browser, empty.browser() as second:
        form = await second.get(f"/welcome/{secret}")
        assert (await take(browser, secret)).headers["location"] == "/"
        assert (await browser.get("/sites")).status_code == 200
        assert (await browser.get(f"/welcome/{secret}")).status_code == 410
        late = await second.post(f"/welcome/{secret}", data={**FORM, "csrf": csrf_of(form.text)})
        assert late.status_code == 410
        assert "/sign-in" in late.text
    async with empty.state.read() as connection:
        accounts = await list_accounts(connection)
    assert [(one.email, one.role) for one in accounts] == [("first@example.com", "owner")]
    assert await owner_invitation(empty.state) is None


async def test_two_at_the_same_moment_make_one_owner(empty: House) -> None:
    secret = await owner_invitation(empty.state)
    assert secret
    async with empty.browser() as one, empty.browser() as two:
        proofs = [csrf_of((await browser.get(f"/welcome/{secret}")).text) for browser in (one, two)]
        answers = await asyncio.gather(
            *(
                browser.post(f"/welcome/{secret}", data={**FORM, "email": f"{proof[:8]}@example.com", "csrf": proof})
                for browser, proof in zip((one, two), proofs, strict=True)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [303, 410]


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"password": "too short"}, 400, "at least 12"),
        ({"email": "nobody"}, 400, "e-mail"),
        ({"csrf": "wrong"}, 403, "out of date"),
    ],
)
async def test_a_mistake_does_not_use_the_link_up(empty: House, fields: dict[str, str], status: int, says: str) -> None:
    secret = await owner_invitation(empty.state)
    assert secret
    async with empty.browser() as browser:
        form = csrf_of((await browser.get(f"/welcome/{secret}")).text)
        answer = await browser.post(f"/welcome/{secret}", data={"csrf": form, **FORM, **fields})
        assert answer.status_code == status
        assert says in answer.text
        assert FORM["password"] not in answer.text
        assert (await take(browser, secret)).status_code == 303


async def test_an_expired_or_earlier_or_invented_link_says_what_to_do(empty: House) -> None:
    earlier = await owner_invitation(empty.state)
    secret = await owner_invitation(empty.state)
    async with empty.browser() as browser:
        assert (await browser.get(f"/welcome/{earlier}")).status_code == 410
        assert (await browser.get("/welcome/invented")).status_code == 410
        assert (await browser.get(f"/welcome/{secret}")).status_code == 200
        async with empty.state.write() as connection:
            await connection.execute(update(tables.invitation).values(expires_at=int(time.time())))
        gone = await browser.get(f"/welcome/{secret}")
        assert gone.status_code == 410
        assert "restart the server" in gone.text


async def test_the_password_chosen_opens_the_account(empty: House) -> None:
    secret = await owner_invitation(empty.state)
    assert secret
    async with empty.browser() as browser:
        await take(browser, secret)
    assert await check_password(empty.state, FORM["email"], FORM["password"]) is not None
