"""Share links in a real browser: made by the owner, opened by anybody, framed by the pages that were named alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from collector.demo.fill import SITE
from tests.e2e.conftest import as_owner
from tests.e2e.test_axe import violations

ALLOWED, FOREIGN = "https://www.example.org", "https://elsewhere.example"
PASSWORD = "a long enough password"
SETTINGS = f"/sites/{SITE}/settings/shares"


def made(browser: Browser, demo: tuple[str, Any], **fields: str) -> str:
    """A link that the owner made by the form."""
    with as_owner(browser, demo) as context:
        page = context.new_page()
        page.goto(SETTINGS)
        for label, text in fields.items():
            page.get_by_label(label).fill(text)
        page.get_by_role("button", name="Make the link").click()
        link = page.locator("code").first.inner_text()
        assert violations(page) == []
        return link


def framed(context: BrowserContext, origin: str, link: str) -> Any:
    """The frame of a page elsewhere that shows the link; None where the browser refused."""

    def answer(route: Route) -> None:
        route.fulfill(
            body=f'<!doctype html><iframe src="{link}/embed" width="320" height="900"></iframe>',
            content_type="text/html",
        )

    context.route(f"{origin}/", answer)
    page = context.new_page()
    page.goto(f"{origin}/")
    frame = page.frames[1]
    return frame if frame.url.startswith(link) else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anybody_reads_it_without_script(browser: Browser, demo: tuple[str, Any], scheme: Any) -> None:
    link = made(browser, demo, **{"Who it is for": f"everybody, {scheme}"})
    for width in (320, 1440):
        options: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
        with browser.new_context(**options) as context:
            page = context.new_page()
            page.goto(link)
            expect(page.get_by_role("heading", level=1)).to_have_text(f"Visits to {SITE}")
            expect(page.locator(".figures strong").first).to_have_text(re.compile(r"\d"))
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.get_by_role("link", name="Last 7 days").click()
            expect(page).to_have_url(re.compile(r"\?period=7d$"))
            page.get_by_role("link", name="Cities").click()
            expect(page.locator("#panel-places tbody tr").first).to_be_visible()
            assert page.locator("#panel-places tbody a").count() == 0, "no row filters"
            assert context.cookies() == []
            assert page.locator("script").count() == 0


def test_a_frame_shows_it_where_the_owner_said_and_nowhere_else(browser: Browser, demo: tuple[str, Any]) -> None:
    link = made(browser, demo, **{"Who it is for": "our page", "Websites that may show it": ALLOWED})
    with browser.new_context() as context:
        frame = framed(context, ALLOWED, link)
        expect(frame.get_by_role("heading", level=1)).to_have_text(f"Visits to {SITE}")
        assert frame.evaluate("document.documentElement.scrollWidth") <= 320
        outside = frame.get_by_role("link", name="Open as a page of its own")
        assert (outside.get_attribute("target"), outside.get_attribute("rel")) == ("_blank", "noopener")
        assert framed(context, FOREIGN, link) is None
        assert context.cookies() == []


def test_a_password_opens_it(browser: Browser, demo: tuple[str, Any]) -> None:
    link = made(browser, demo, **{"Who it is for": "few", "Password": PASSWORD})
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(link)
        assert SITE not in page.content()
        page.get_by_label("Password").fill("a wrong password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not the password")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Visits to {SITE}")
        assert page.url == link
