"""A lost password: by mail over a real socket, or in the log."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select, update
from structlog.testing import capture_logs

from collector.state import tables
from collector.state.accounts import check_password
from tests.dashboard.conftest import EMAIL, House, csrf_of, opened, sign_in
from tests.dashboard.post import Post, listening

pytestmark = pytest.mark.asyncio(loop_scope="module")
NEW = "a new and long password"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def post() -> AsyncIterator[tuple[Post, int]]:
    async with listening() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory, post: tuple[Post, int]) -> AsyncIterator[House]:
    url = f"smtp://127.0.0.1:{post[1]}/?from=byleave@example.net"
    async with opened(tmp_path_factory.mktemp("mail"), base_url="https://stats.example.net", smtp_url=url) as house:
        yield house


@pytest.fixture(autouse=True)
def fresh(home: House) -> None:
    """Nobody tried anything yet."""
    shared(home).throttle.__init__()


def shared(home: House) -> Any:
    app: Any = home.app
    return app._app.state.dashboard


async def ask(browser: httpx2.AsyncClient, email: str = EMAIL, **headers: str) -> httpx2.Response:
    form = csrf_of((await browser.get("/lost-password")).text)
    return await browser.post("/lost-password", data={"csrf": form, "email": email}, headers=headers)


async def mailed(home: House, post: Post, browser: httpx2.AsyncClient, **headers: str) -> str:
    """The path of the link in the next mail."""
    await ask(browser, **headers)
    await asyncio.gather(*shared(home).work)
    text = post.mails[-1].replace("=\r\n", "")
    found = re.search(r"https://stats\.example\.net(/reset/[\w-]{43})", text)
    assert found, text
    return found[1]


async def test_the_link_sets_a_password_once_and_opens_no_session(home: House, post: tuple[Post, int]) -> None:
    async with home.browser() as browser, home.browser() as other:
        link = await mailed(home, post[0], browser, host="evil.example")
        form = csrf_of((await browser.get(link)).text)
        short = await browser.post(link, data={"csrf": form, "password": "short"})
        assert (short.status_code, "at least 12" in short.text) == (400, True)
        assert (await browser.post(link, data={"csrf": "", "password": NEW})).status_code == 403
        done = await browser.post(link, data={"csrf": form, "password": NEW})
        assert (done.status_code, "is changed" in done.text) == (200, True)
        assert (await browser.get("/account")).status_code == 303
        assert (await browser.get(link)).status_code == 410
        assert (await browser.post(link, data={"csrf": form, "password": NEW})).status_code == 410
        assert await check_password(home.state, EMAIL, NEW) is not None
        assert (await sign_in(other, password=NEW)).status_code == 303
        later = await mailed(home, post[0], browser)
        await browser.post(later, data={"csrf": csrf_of((await browser.get(later)).text), "password": NEW + "!"})
        assert (await other.get("/account")).status_code == 303, "signed out everywhere"


async def test_an_earlier_or_expired_or_invented_link_does_not_work(home: House, post: tuple[Post, int]) -> None:
    async with home.browser() as browser:
        earlier = await mailed(home, post[0], browser)
        later = await mailed(home, post[0], browser)
        assert (await browser.get(earlier)).status_code == 410
        assert (await browser.get(later)).status_code == 200
        async with home.state.write() as connection:
            (row,) = (await connection.execute(select(tables.reset))).all()
            assert len(row.secret_hash) == 32
            assert row.expires_at - time.time() <= 3600
            await connection.execute(update(tables.reset).values(expires_at=int(time.time())))
        assert (await browser.get(later)).status_code == 410
        assert (await browser.get("/reset/invented")).status_code == 410


async def test_nothing_tells_whether_an_address_has_an_account(home: House, post: tuple[Post, int]) -> None:
    """The answer is there while the mail server has not even greeted, and is the same to the byte."""
    mails = len(post[0].mails)
    post[0].go.clear()
    async with home.browser() as browser:
        answers = [await ask(browser, email) for email in (EMAIL, "nobody@example.com", "no address")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(post[0].mails) == mails
    post[0].go.set()
    await asyncio.gather(*shared(home).work)
    assert len(post[0].mails) == mails + 1


async def test_asking_is_slowed_down_alike(home: House) -> None:
    async with home.browser() as browser:
        statuses = [(await ask(browser, "nobody@example.com")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await ask(browser, "other@example.com")).status_code == 200
        assert (await browser.post("/lost-password", data={"csrf": "", "email": EMAIL})).status_code == 403
    await asyncio.gather(*shared(home).work)


async def test_without_mail_the_link_stands_in_the_log(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, house.browser() as browser:
        with capture_logs() as told:
            answer = await ask(browser)
            await asyncio.gather(*shared(house).work)
        assert "No mail is set up" in answer.text
        (line,) = told
        assert (line["event"], line["account"]) == ("password_link", EMAIL)
        path = line["link"].removeprefix("http://127.0.0.1:8000")
        assert (await browser.get(path)).status_code == 200
