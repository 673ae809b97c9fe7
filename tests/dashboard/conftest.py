"""A dashboard over a real state database and a real store, asked as a browser asks, without sockets."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp

from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.settings import Settings
from collector.state import sites
from collector.state.accounts import create_account
from collector.state.database import State
from collector.state.follow import Follower
from collector.state.tokens import create_token
from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from dashboard.app import create_app
from tests.dashboard.believable import SITE, lines
from tests.rows import batch

BASE = "https://stats.example.net"
EMAIL, PASSWORD = "owner@example.com", "correct horse battery"
DRAFT = Draft(controller="Example Ltd", contact="privacy@example.com")
OTHER = "other.example"


@dataclass
class House:
    """Everything a test of the dashboard reaches."""

    app: ASGIApp
    state: State
    follower: Follower
    store: DuckStore

    def browser(self, base: str = BASE, peer: str = "192.0.2.7") -> httpx2.AsyncClient:
        """A browser with a cookie jar of its own, which says where its requests come from."""
        transport = httpx2.ASGITransport(app=self.app, client=(peer, 50_000))
        return httpx2.AsyncClient(transport=transport, base_url=base, headers={"sec-fetch-site": "same-origin"})

    async def load(self, *rows: bytes) -> None:
        """Bring rows into the store."""
        await self.store.load([Queued("a", time.monotonic_ns(), batch(*rows))])


@contextmanager
def hashing_quickly() -> Iterator[None]:
    """What argon2id costs is measured where accounts are tested; elsewhere it would be most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("collector.state.accounts._hasher", quick)
        yield


@pytest.fixture(autouse=True, scope="module")
def quick_hashes() -> Iterator[None]:
    with hashing_quickly():
        yield


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An owner, a site with a notice, a second site, no rows."""
    async with opened(tmp_path) as found:
        yield found


@asynccontextmanager
async def opened(tmp_path: Path, **given: Any) -> AsyncIterator[House]:
    """The house in a folder, under these settings."""
    state = await asyncio.to_thread(State.open, tmp_path)
    async with state.write() as connection:
        await add_site(connection, SITE)
        await add_site(connection, OTHER)
        await create_account(connection, EMAIL, PASSWORD, "owner", int(time.time()))
    follower = Follower(state)
    await follower.refresh()
    store = await DuckStore.open(Place(tmp_path))
    settings = Settings(data=str(tmp_path), **given)
    app = await asyncio.to_thread(create_app, settings, state, follower, store)
    yield House(app, state, follower, store)
    await store.close()
    await state.close()


@pytest.fixture
async def owner(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that is signed in."""
    async with house.browser() as browser:
        answer = await sign_in(browser)
        assert answer.status_code == 303, answer.text
        yield browser


@pytest.fixture
async def token(house: House) -> str:
    """A token of SITE."""
    async with house.state.write() as connection:
        return await create_token(connection, SITE, "test", int(time.time()))


@pytest.fixture
async def visited(house: House) -> House:
    """The house with 300 visits of the last two months."""
    await house.load(*lines(300, datetime.now(UTC).replace(tzinfo=None)))
    return house


async def add_site(connection: AsyncConnection, name: str, draft: Draft = DRAFT) -> None:
    """A site with a published notice."""
    now = int(time.time())
    site = await asyncio.to_thread(sites.checked, name, (f"www.{name}",), "Europe/Berlin")
    await sites.add(connection, site, now - 100 * 86_400)
    await publish(connection, name, draft, iso(now), now)


async def sign_in(browser: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD) -> httpx2.Response:
    """Fill the form in and send it."""
    form = (await browser.get("/sign-in")).text
    return await browser.post("/sign-in", data={"csrf": csrf_of(form), "email": email, "password": password})


def csrf_of(html: str) -> str:
    """The proof that a page's form carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, html
    return found[1]
