"""The whole product for a browser: Byleave, the example website on another origin, and a signed-in owner's API."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from blockbuster import BlockBuster
from playwright.sync_api import Browser, BrowserContext, Playwright, StorageState, expect, sync_playwright

from tests.e2e.chromium import AGENT, EXECUTABLE, FLAGS
from tests.processes import Byleave, Process, byleave, free_port

CONTROLLER = ("--controller", "Example Bakery Ltd", "--contact", "privacy@bakery.example")


@pytest.fixture(autouse=True)
def unblocked(blockbuster: BlockBuster) -> None:
    """These tests wait for other processes; no event loop of ours runs in this one."""
    blockbuster.deactivate()


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """Made for each test: its event loop runs in this thread, where other tests run theirs."""
    with sync_playwright() as found:
        yield found


@dataclass
class Product:
    """Byleave on one origin, the example website on another."""

    byleave: Byleave
    server: Process
    website: str
    token: str

    @property
    def welcome(self) -> str:
        """The one-time link that the first start printed."""
        found = re.search(r"http://\S+/welcome/\S+", self.byleave.log.read_text())
        assert found, self.byleave.log.read_text()
        return found[0]

    def api(self, route: str, **request: Any) -> Any:
        """One question to the API, over the last two days and the next."""
        now = time.time()
        days = [time.strftime("%Y-%m-%d", time.gmtime(now + offset * 86_400)) for offset in (-1, 1)]
        body = json.dumps({"site": "localhost", "from": days[0], "to": days[1], **request}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.server.url}/api/v1/{route}", body, headers), timeout=10) as answer:
            return json.load(answer)

    def totals(self, site: str = "localhost") -> dict[str, int]:
        """Visits, pageviews and clicks so far."""
        found: dict[str, int] = self.api("query", site=site, metrics=["visits", "pageviews", "clicks"])["totals"]
        return found

    def until_totals(self, within_s: float = 2.0, site: str = "localhost", **wanted: int) -> float:
        """Wait for these totals; the seconds it took. Fails when it takes longer."""
        began = time.monotonic()
        while True:
            found = self.totals(site)
            if found == wanted:
                return time.monotonic() - began
            assert time.monotonic() - began < within_s, (found, wanted)
            time.sleep(0.05)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with founded(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all tests of a module; none of them counts what another did."""
    with founded(tmp_path_factory.mktemp("shared")) as found:
        yield found


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """One for all tests of a module, none of which has an event loop of its own."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of a module."""
    flags = [
        *FLAGS,
        f"--user-agent={AGENT}",
        # A page that a test alters has no address, and would have to ask before it loads from this machine.
        "--disable-features=LocalNetworkAccessChecks",
        # A name that browsers do not trust without HTTPS, as they do localhost.
        "--host-resolver-rules=MAP plain.example 127.0.0.1",
    ]
    launched = driver.chromium.launch(executable_path=EXECUTABLE, args=flags)
    yield launched
    launched.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A private window: nobody was here before, and nothing stays when it closes."""
    with browser.new_context(locale="en-GB") as made:
        made.set_default_timeout(10_000)
        yield made


def owner_of(browser: Browser, product: Byleave) -> StorageState:
    """The cookies of the first owner, who came by the one-time link that the server printed."""
    welcome = re.search(r"http://\S+/welcome/\S+", product.log.read_text())
    assert welcome, product.log.read_text()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(welcome[0])
        page.get_by_label(re.compile("mail", re.I)).fill("owner@bakery.example")
        page.get_by_label(re.compile("password", re.I)).first.fill("a long enough password")
        page.get_by_role("button").first.click()
        expect(page).not_to_have_url(re.compile("welcome"))
        return context.storage_state()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, StorageState]]:
    """The demo, and the cookies of its signed-in owner."""
    with byleave(tmp_path_factory.mktemp("demo"), rate_limit="off") as product:
        running = product.start("demo", "--events", "6000")
        yield running.url, owner_of(browser, product)


def as_owner(browser: Browser, signed_in: tuple[str, StorageState], **options: Any) -> BrowserContext:
    """A window of the owner, at the server's address."""
    context = browser.new_context(storage_state=signed_in[1], base_url=signed_in[0], **options)
    context.set_default_timeout(10_000)
    return context


@contextmanager
def founded(folder: Path) -> Iterator[Product]:
    """The product on a fresh data directory below `folder`."""
    with byleave(folder, rate_limit="off") as found:
        found.run("site", "add", "localhost", *CONTROLLER, "--timezone", "UTC", "--k", "1")
        token = json.loads(found.run("token", "create", "localhost", "--json"))["token"]
        server = found.start("serve")
        port = free_port()
        website = subprocess.Popen([sys.executable, "-m", "example", "--port", str(port), "--collector", server.url])
        try:
            yield Product(found, server, wait_for(f"http://localhost:{port}"), token)
        finally:
            website.terminate()
            website.wait(10)


def wait_for(url: str) -> str:
    """The address, once it answers."""
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(url, timeout=2):
                return url
        except (URLError, OSError):
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.05)
