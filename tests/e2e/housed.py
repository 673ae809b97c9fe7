"""A dashboard over a real state database and a real store, served to a real browser by a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from playwright.sync_api import Browser, expect

from tests.dashboard.believable import lines
from tests.dashboard.conftest import EMAIL, PASSWORD, House, hashing_quickly, opened
from tests.processes import free_port

T = TypeVar("T")
UP_S = 60
DOWN_S = 30


@dataclass
class Housed:
    """A house that a browser reaches; what is done in it is done in its own thread."""

    house: House
    url: str
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of something that must happen where the house lives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(UP_S)


@contextmanager
def served(folder: Path, visits: int, **given: Any) -> Iterator[Housed]:
    """A dashboard with so many visits of the last two months."""
    port, up, down = free_port(), threading.Event(), threading.Event()
    url = f"http://localhost:{port}"
    found: list[Housed] = []

    async def serve() -> None:
        async with opened(folder, **{"base_url": url, **given}) as house:
            now = datetime.now(UTC)
            await house.load(*lines(visits, now.replace(tzinfo=None)))
            house.store.complete_to = now + timedelta(hours=1)  # nothing is late, however long a test takes
            server = uvicorn.Server(uvicorn.Config(house.app, port=port, log_level="critical"))
            serving = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.02)
            found.append(Housed(house, url, asyncio.get_running_loop()))
            up.set()
            await asyncio.to_thread(down.wait)
            server.should_exit = True
            await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    with hashing_quickly():
        thread.start()
        try:
            assert up.wait(UP_S)
            yield found[0]
        finally:
            down.set()
            thread.join(DOWN_S)


def signed_in(browser: Browser, url: str, email: str = EMAIL, password: str = PASSWORD) -> Any:
    """What a browser keeps once somebody signed in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return context.storage_state()
