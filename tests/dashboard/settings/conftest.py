"""One house for all tests of a module; each brings its own people."""

import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from collector.state.accounts import create_account
from collector.state.audit import Entry, entries
from dashboard.auth_throttle import Throttle
from tests.dashboard.conftest import PASSWORD, House, csrf_of, opened, sign_in

Person = Callable[..., Awaitable[Any]]
_numbers = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("home"), base_url="https://stats.example.net") as house:
        yield house


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody here comes from one address, whose attempts are counted elsewhere."""
    monkeypatch.setattr(Throttle, "wait", lambda *_: 0)


@pytest_asyncio.fixture(loop_scope="module")
async def person(home: House) -> AsyncIterator[Person]:
    """Makes somebody with a role, signed in: `browser.email` is their address."""
    async with AsyncExitStack() as stack:

        async def make(role: str = "owner", *sites: str, agent: str = "") -> Any:
            email = f"person{next(_numbers)}@example.com"
            async with home.state.write() as connection:
                await create_account(connection, email, PASSWORD, role, int(time.time()), sites)
            browser = await signed_in(home, email, agent=agent)
            stack.push_async_callback(browser.aclose)
            return browser

        yield make


async def signed_in(home: House, email: str, password: str = PASSWORD, agent: str = "") -> Any:
    """A browser of its own where this account is signed in."""
    browser: Any = home.browser()
    if agent:
        browser.headers["user-agent"] = agent
    answer = await sign_in(browser, email, password)
    assert answer.status_code == 303, answer.text
    browser.email = email
    return browser


async def send(browser: httpx2.AsyncClient, path: str, form: str = "/account", **fields: str) -> httpx2.Response:
    """Fill in a form of the page `form`, and send it to `path`."""
    proof = csrf_of((await browser.get(form)).text)
    return await browser.post(path, data={"csrf": proof, **fields})


async def noted(home: House) -> Entry:
    """The newest entry of the audit log."""
    async with home.state.read() as connection:
        return (await entries(connection, 1))[0]


def dashboard_in(home: House) -> Any:
    """What the requests of the app share."""
    app: Any = home.app
    return app._app.state.dashboard
