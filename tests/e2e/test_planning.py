"""The pages about volume and consent in a real browser: nothing for axe-core to find, and everything without script."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from collector.demo.fill import SITE
from tests.e2e.test_axe import violations
from tests.processes import byleave

PATHS = ("volume", "consent")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, Any]]:
    """The demo, and the cookies of its signed-in owner."""
    folder: Path = tmp_path_factory.mktemp("planning")
    with byleave(folder, rate_limit="off") as product:
        running = product.start("demo", "--events", "6000")
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
    return browser.new_context(storage_state=server[1], base_url=server[0], **options)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, server: tuple[str, Any], scheme: Any, width: int
) -> None:
    with opened(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        for path in PATHS:
            page.goto(f"/sites/{SITE}/{path}")
            for closed in page.locator("main details").all():
                closed.evaluate("one => { one.open = true }")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_week_is_there_without_script(browser: Browser, server: tuple[str, Any]) -> None:
    with opened(browser, server, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/sites/{SITE}/volume")
        expect(page.locator("#heat rect[class^=heat-]")).to_have_count(168 + 6)
        page.get_by_text("As a table").click()
        expect(page.locator("#heat tbody tr")).to_have_count(24)
        expect(page.locator("#means")).to_contain_text("requests a second")


def test_consent_is_shown_proved_and_exported_without_script(browser: Browser, server: tuple[str, Any]) -> None:
    with opened(browser, server, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/sites/{SITE}/consent")
        expect(page.locator("#said")).to_contain_text("Said yes")
        expect(page.get_by_text("This site is made up")).to_be_visible()
        page.get_by_role("button", name="Prove it").click()
        expect(page.locator(".proof-lines li").last).to_contain_text("up to record", timeout=20_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export for a regulator").click()
        assert download.value.suggested_filename == f"consent-{SITE}.ndjson"
