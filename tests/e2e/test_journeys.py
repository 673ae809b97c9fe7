"""Journeys and visits in a real browser: by keyboard, without script, back and forward, and with hostile names."""

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect

from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from tests.e2e.conftest import CONTROLLER
from tests.e2e.test_axe import violations
from tests.processes import byleave
from tests.rows import batch, line

HOSTILE = "=/</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)> javascript:alert(3)"
JOURNEYS, VISITS = "/sites/localhost/journeys?top=5&steps=3", "/sites/localhost/visits"
SIZES = [("light", 320), ("dark", 1440), ("light", 1440), ("dark", 320)]


def rows() -> Iterator[bytes]:
    """Twelve visits from / by a hostile step to a page of their own; k is 1."""
    now = int(time.time()) - 3600
    for visit in range(1, 13):
        walk = [("pageview", "/", None), ("pageview", HOSTILE, None), ("pageview", f"/مرحبا/{visit}" + "x" * 40, None)]
        for nth, (kind, path, target) in enumerate([*walk, ("click", "/", HOSTILE), ("event", "/", HOSTILE)]):
            at = f"{datetime.fromtimestamp(now + 20 * nth, UTC):%Y-%m-%d %H:%M:%S}"
            told: dict[str, Any] = {"kind": kind, "path": path, "nth": nth, "occurred_at": at, "visit": visit}
            told |= {"target": target, "target_kind": "button" if kind == "click" else None}
            if kind == "pageview":
                told |= {"source": HOSTILE, "utm_campaign": HOSTILE, "channel": "Referral"}
            yield line(bytes([visit] * 16), site="localhost", host="localhost", browser=HOSTILE, **told)


async def load(folder: Path) -> None:
    store = await DuckStore.open(Place(folder))
    await store.load([Queued("a", time.monotonic_ns(), batch(*rows()))])
    await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, Any]]:
    """A server with these visits, and the cookies of its signed-in owner."""
    with byleave(tmp_path_factory.mktemp("journeys"), rate_limit="off") as product:
        product.run("site", "add", "localhost", *CONTROLLER, "--timezone", "UTC", "--k", "1")
        with ThreadPoolExecutor(1) as aside:  # the driver's event loop runs in this thread
            aside.submit(lambda: asyncio.run(load(product.data))).result()
        running = product.start("serve")
        welcome = re.search(r"http://\S+/welcome/\S+", product.log.read_text())
        assert welcome
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(welcome[0])
            page.get_by_label(re.compile("mail", re.I)).fill("owner@bakery.example")
            page.get_by_label(re.compile("password", re.I)).first.fill("a long enough password")
            page.get_by_role("button").first.click()
            expect(page).not_to_have_url(re.compile("welcome"))
            cookies = context.storage_state()
        yield running.url, cookies


def opened(browser: Browser, server: tuple[str, Any], **options: Any) -> BrowserContext:
    context = browser.new_context(storage_state=server[1], base_url=server[0], **options)
    context.set_default_timeout(10_000)
    return context


def middle(link: Locator) -> tuple[float, float]:
    """Where a link within an SVG text is: the driver takes the whole text for it."""
    x, y = link.evaluate("one => { const at = one.getBoundingClientRect(); return [at.x + at.width / 2, at.y + 8] }")
    return x, y


def focus(page: Page) -> str:
    """The address of the panel of the hostile node."""
    key = page.locator("g.node[data-node^='1:']").first.get_attribute("data-node")
    return f"{JOURNEYS}&focus={key}"


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, server: tuple[str, Any], scheme: Any, width: int
) -> None:
    with opened(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{JOURNEYS}&open=2")
        for path in (f"{JOURNEYS}&open=2", focus(page), VISITS):
            page.goto(path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_by_keyboard_and_by_address(browser: Browser, server: tuple[str, Any]) -> None:
    with opened(browser, server, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(JOURNEYS)
        node = page.locator("g.node[data-node^='1:']").first
        node.locator("text a").first.focus()
        expect(page.locator("#sankey")).to_have_class(re.compile("following"))
        expect(node).to_have_class(re.compile(r"\bon\b"))
        expect(node.locator(".part")).to_be_visible()
        assert page.locator(".ribbon.on").count() >= 2
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#focus")).to_contain_text("median 20 s here")
        expect(page.locator("#focus .strips > li")).to_have_count(5)
        assert page.locator(".ribbon.chosen").count() >= 2
        page.go_back()
        expect(page.locator("#focus")).to_have_count(0)
        page.go_forward()
        expect(page.locator("#focus")).to_be_visible()
        page.locator("g.node[data-node^='1:'] text a").first.press("Enter")
        expect(page).to_have_url(re.compile("anchor=start&step="))
        expect(page.locator("#denominator")).to_contain_text("12 visits")
        page.goto(JOURNEYS)
        page.locator("g.node[data-node='other:2'] text a").first.press("Enter")
        expect(page.locator("#opened tbody tr")).to_have_count(7)


def test_everything_works_without_script(browser: Browser, server: tuple[str, Any]) -> None:
    with opened(browser, server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(JOURNEYS)
        page.mouse.click(*middle(page.locator("g.node[data-node^='1:'] a.count").first))
        expect(page.locator("#focus")).to_contain_text("median 20 s here")
        page.locator("#focus").get_by_role("link", name="Follow them from here").click()
        expect(page).to_have_url(re.compile("anchor=start&step="))
        page.locator("select[name=steps]").select_option("2")
        page.locator("form.steps button").click()
        expect(page.locator("#columns section")).to_have_count(2)
        page.goto(VISITS)
        expect(page.locator("#strips .strips > li")).to_have_count(12)


def test_hostile_names_are_text(browser: Browser, server: tuple[str, Any]) -> None:
    """In labels, titles, tooltips, filters, suggestions and addresses; no dialog, no script, no way off the page."""
    with opened(browser, server, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        wrong: list[str] = []

        def dismissed(dialog: Dialog) -> None:
            wrong.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismissed)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(server[0]) else wrong.append(sent.url))
        page.goto(f"{JOURNEYS}&include=page&include=click&include=event")
        chosen = focus(page)
        found = f"f=is:page:{quote(quote(HOSTILE, safe=''))}"
        aimed = f"/sites/localhost/journeys?anchor=through&step={quote(HOSTILE)}&include=page,click,event"
        for path in (chosen, aimed, f"{chosen}&{found}", f"{VISITS}?{found}", f"{VISITS}?f=is:source:{quote(HOSTILE)}"):
            page.goto(path)
            for node in page.locator("g.node text a:first-child").all():
                page.mouse.move(*middle(node))
            expect(page.locator("body")).to_contain_text("<script>alert(1)")
            assert page.locator("script:not([src]), main img, body > title").count() == 0
            assert page.locator("a[href^=javascript]").count() == 0
            assert page.url.startswith(server[0] + path.partition("?")[0])
        told = page.request.get(f"{JOURNEYS}&file=csv").text()
        assert "'=/</title>" in told and ',"=/' not in told
        assert wrong == []
