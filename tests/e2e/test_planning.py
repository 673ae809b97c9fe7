"""The pages about volume and consent in a real browser."""

from typing import Any

from playwright.sync_api import Browser, expect

from collector.demo.fill import SITE
from tests.e2e.conftest import as_owner


def test_the_week_is_there_without_script(browser: Browser, demo: tuple[str, Any]) -> None:
    with as_owner(browser, demo, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/sites/{SITE}/volume")
        expect(page.locator("#heat rect[class^=heat-]")).to_have_count(168 + 6)
        page.get_by_text("As a table").click()
        expect(page.locator("#heat tbody tr")).to_have_count(24)
        expect(page.locator("#means")).to_contain_text("requests a second")


def test_consent_is_shown_proved_and_exported_without_script(browser: Browser, demo: tuple[str, Any]) -> None:
    with as_owner(browser, demo, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/sites/{SITE}/consent")
        expect(page.locator("#said")).to_contain_text("Said yes")
        expect(page.get_by_text("This site is made up")).to_be_visible()
        page.get_by_role("button", name="Prove it").click()
        expect(page.locator(".proof-lines li").last).to_contain_text("up to record", timeout=20_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export for a regulator").click()
        assert download.value.suggested_filename == f"consent-{SITE}.ndjson"
