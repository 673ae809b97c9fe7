"""The first start in a real browser: from the one-time link to the first visit, and everything that can be wrong."""

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from collector import control
from collector.refusal import Refusal
from collector.sightings import What
from tests.e2e.chromium import GPC_SCRIPT
from tests.e2e.test_axe import violations
from tests.e2e.website import Page as Own
from tests.e2e.website import website
from tests.processes import Byleave, Process, byleave

NAME, EMAIL, PASSWORD = "localhost", "owner@bakery.example", "correct horse battery"


@dataclass
class Start:
    """A server that nobody owns yet; in two processes as well as in one."""

    byleave: Byleave
    collector: Process
    dashboard: Process

    @property
    def welcome(self) -> str:
        found = re.search(r"http://\S+/welcome/\S+", self.byleave.log.read_text())
        assert found, self.byleave.log.read_text()
        return found[0]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Collector and dashboard as processes of their own: what one sees the other must be told."""
    with byleave(tmp_path_factory.mktemp("first"), rate_limit="off") as found:
        dashboard = found.start("dashboard")
        yield Start(found, found.start("collect"), dashboard)


@pytest.fixture(scope="module")
def owner(browser: Browser, start: Start) -> Iterator[BrowserContext]:
    """Whoever opened the one-time link."""
    with browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-GB") as context:
        context.set_default_timeout(10_000)
        yield context


def tag(start: Start, site: str = NAME, more: str = "") -> Own:
    """A page with the tag."""
    return Own(f'<script defer src="{start.collector.url}/c/tag.js" data-site="{site}"{more}></script>')


def waits(page: Page, says: str) -> None:
    """The page says this without being loaded again."""
    expect(page.locator("#verdict")).to_contain_text(says, timeout=8_000)


def test_from_the_link_to_the_first_visit(start: Start, owner: BrowserContext, visitor: BrowserContext) -> None:
    page = owner.new_page()
    page.goto(start.welcome)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the owner").click()
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Hostname").fill(NAME)
    page.get_by_label("Controller").fill("Example Bakery Ltd")
    page.get_by_label("Contact").fill("privacy@bakery.example")
    page.get_by_role("button", name="Add a site").click()
    expect(page.locator("code").first).to_contain_text('data-site="localhost"')
    expect(page.get_by_role("button", name="Copy").first).to_be_visible()
    page.get_by_role("link", name="The line is in").click()
    waits(page, "Waiting for the first visit")
    waits(page, "No page fetched the tag")
    assert page.locator("#verdict").get_attribute("role") == "status"
    guest = visitor.new_page()
    with website({"/": tag(start, more=' data-banner="off"')}) as plain:
        guest.goto(plain)
        waits(page, "The tag was fetched, but no page of localhost has asked")
    with website({"/": tag(start)}) as asking:
        guest.goto(asking)
        waits(page, "nobody has said yes so far")
        guest.get_by_role("button", name="Yes to all").click()
        waits(page, "It works: a visit was counted")
    page.get_by_role("link", name="Look at it in the overview").click()
    expect(page.locator("#live")).to_have_text("1")


@pytest.fixture
def waiting(start: Start, owner: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a site of the test's own, which nobody visited."""
    host = f"{request.node.name.partition('[')[0].removeprefix('test_').replace('_', '-')[:40]}.example"
    start.byleave.run("site", "add", host, *getattr(request, "param", CONTROLLER))
    page = owner.new_page()
    page.goto(f"{start.dashboard.url}/sites/{host}/installation")
    waits(page, "Waiting for the first visit")
    yield page
    page.close()


CONTROLLER = ("--controller", "Example Ltd", "--contact", "privacy@bakery.example")


def site_of(page: Page) -> str:
    return page.url.split("/")[4]


def test_a_foreign_host_is_named_and_added(start: Start, waiting: Page, visitor: BrowserContext) -> None:
    host, guest = site_of(waiting), visitor.new_page()
    guest.route("**/*", lambda route: onto_the_collector(route, start))
    guest.goto(f"https://www.{host}/")
    waits(waiting, f"A page on www.{host} asked, and {host} does not have that host")
    assert violations(waiting) == []
    waiting.get_by_role("button", name=f"Add www.{host}").click()
    expect(waiting.locator("#verdict")).not_to_contain_text("does not have that host")
    guest.reload()
    waits(waiting, "nobody has said yes so far")
    guest.get_by_role("button", name="Yes to all").click()
    waits(waiting, "It works")


def onto_the_collector(route: Any, start: Start) -> None:
    """A page on a public host with HTTPS, which this machine has none of; the collector's answers are its own."""
    url = route.request.url
    if url.startswith(start.collector.url):
        route.continue_()
        return
    host = url.split("/")[2].removeprefix("www.")
    route.fulfill(body=tag(start, host).html.decode(), content_type="text/html")


def test_another_name_in_the_tag(start: Start, waiting: Page, visitor: BrowserContext) -> None:
    host, guest = site_of(waiting), visitor.new_page()
    wrong = tag(start, f"{host}.typo").html.decode()

    def answer(route: Any) -> None:
        ours = route.request.url.startswith(start.collector.url)
        route.continue_() if ours else route.fulfill(body=wrong, content_type="text/html")

    guest.route("**/*", answer)
    guest.goto(f"https://{host}/")
    waits(waiting, f"A page of {host} asks for {host}.typo, which is no site here")


@pytest.mark.parametrize("waiting", [()], indirect=True)
def test_a_draft(start: Start, waiting: Page, visitor: BrowserContext) -> None:
    waits(waiting, "The notice is still a draft")
    expect(waiting.locator("#verdict").get_by_role("link", name="To the settings")).to_be_visible()


def test_an_unlisted_proxy(start: Start, waiting: Page, visitor: BrowserContext) -> None:
    visitor.set_extra_http_headers({"X-Forwarded-For": "203.0.113.77"})
    guest = visitor.new_page()
    guest.route("**/*", lambda route: onto_the_collector(route, start))
    guest.goto(f"https://{site_of(waiting)}/")
    waits(waiting, "Every request came through a proxy that this server does not trust")
    waits(waiting, "BYLEAVE_TRUSTED_PROXIES=private")
    assert "203.0.113.77" not in waiting.content()


def test_a_yes_whose_events_are_refused(start: Start, waiting: Page, visitor: BrowserContext) -> None:
    host, guest = site_of(waiting), visitor.new_page()

    def answer(route: Any) -> None:
        if route.request.url.endswith("/c/events"):
            body = re.sub(r'"t":"[^"]+"', '"t":"c1.none.none.none"', route.request.post_data or "")
            route.continue_(post_data=body)
        else:
            onto_the_collector(route, start)

    guest.route("**/*", answer)
    guest.goto(f"https://{host}/")
    guest.get_by_role("button", name="Yes to all").click()
    waits(waiting, "Events came with a token of another server")


def test_a_program_that_says_yes(start: Start, waiting: Page, browser: Browser) -> None:
    with browser.new_context(user_agent="Mozilla/5.0 HeadlessChrome/139.0.0.0", locale="en-GB") as robot:
        guest = robot.new_page()
        guest.route("**/*", lambda route: onto_the_collector(route, start))
        guest.goto(f"https://{site_of(waiting)}/")
        guest.get_by_role("button", name="Yes to all").click()
        waits(waiting, "A program came, not a person’s browser")


# What takes a server gone wrong, or a page that no test can serve: planted as a collector would tell it.
PLANTED = {
    (What.INSECURE, "shop.{site}"): "A page on shop.{site} came without HTTPS",
    (What.FOREIGN, "127.0.0.1"): "A page on 127.0.0.1 asked",
    (What.FOREIGN, "*.preview.example"): "A page on a host like *.preview.example asked, and {site} does not have it",
    (What.FOREIGN, "bistro.example"): "A page of bistro.example asks for {site}",
    (What.NAMELESS, ""): "A page without a hostname asked",
    (What.FORWARDED, "public"): "Every request came through a proxy that this server does not trust",
    (What.YES_REFUSED, Refusal.CLOCK.slug): "This server’s clock is wrong",
    (What.YES_REFUSED, Refusal.RATE.slug): "Too much came at once and was refused",
    (What.EVENTS_REFUSED, Refusal.QUEUE_FULL.slug): "The server could not store what came",
    (What.EVENTS_REFUSED, Refusal.NOTICE.slug): "The notice has changed since the yes was given",
    (What.EVENTS_REFUSED, Refusal.EXPIRED.slug): "Events came under a yes that has expired",
}


def test_whatever_else_goes_wrong_is_told_at_once(start: Start, waiting: Page) -> None:
    """All of it at once, on a small phone: each in words of its own."""
    start.byleave.run("site", "add", "bistro.example", *CONTROLLER)
    site, now = site_of(waiting), int(time.time())
    found = [(site, what, detail.format(site=site), now) for what, detail in PLANTED]
    with ThreadPoolExecutor(1) as aside:  # the driver's event loop runs in this thread
        aside.submit(lambda: asyncio.run(control.call(start.byleave.data, "sighted", found=found))).result()
    waits(waiting, "clock is wrong")
    titles = waiting.locator("#verdict h2").all_inner_texts()
    assert sorted(titles) == sorted(title.format(site=site) for title in PLANTED.values())
    expect(waiting.locator("#verdict")).to_contain_text("BYLEAVE_TRUSTED_PROXIES")
    assert waiting.locator("#verdict section p").count() == len(PLANTED)
    waiting.set_viewport_size({"width": 320, "height": 900})
    assert waiting.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("signal", "title"), [("gpc", "Global Privacy Control"), ("dnt", "Do Not Track")])
def test_a_signal_of_the_owners_own_browser(
    start: Start, browser: Browser, owner: BrowserContext, signal: str, title: str
) -> None:
    script = {"gpc": GPC_SCRIPT, "dnt": "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' });"}
    header = {"gpc": "Sec-GPC", "dnt": "DNT"}[signal]
    told = f"This browser sends {title}"
    for way in ("header", "script"):
        with browser.new_context(storage_state=owner.storage_state(), java_script_enabled=way == "script") as context:
            if way == "header":
                context.set_extra_http_headers({header: "1"})
            else:
                context.add_init_script(script[signal])
            page = context.new_page()
            page.goto(f"{start.dashboard.url}/sites/{NAME}/installation")
            expect(page.get_by_role("heading", name=told)).to_be_visible()


@pytest.mark.parametrize(
    "look",
    [{"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
     for scheme, width in (("light", 320), ("dark", 1440))],
    ids=lambda look: f"{look['viewport']['width']} {look['color_scheme']}",
)  # fmt: skip
def test_it_can_be_read_by_everybody(
    start: Start, browser: Browser, owner: BrowserContext, look: Any, tmp_path: Path
) -> None:
    with browser.new_context(storage_state=owner.storage_state(), java_script_enabled=True, **look) as context:
        page = context.new_page()
        for path in ("installation", "setup", "settings"):
            page.goto(f"{start.dashboard.url}/sites/a-draft.example/{path}")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]
