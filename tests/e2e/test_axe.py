"""axe-core finds nothing in the banner and on every page of the dashboard, in both themes, narrow and wide."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.chromium import GPC_SCRIPT, chromium
from tests.e2e.conftest import Product

AXE = (Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What axe-core has to say, one line a finding."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


PATHS = (
    *("/sites", "/sites/localhost", "/sites/localhost/journeys", "/sites/localhost/setup", "/nowhere"),
    *("/account", "/account/second-factor", "/sites/localhost/settings"),
    *("/settings/people", "/settings/audit", "/settings/sites"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_found(playwright: Playwright, product: Product, tmp_path: Path, scheme: Any, width: int) -> None:
    with chromium(playwright, tmp_path, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(product.website)
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Choose").click()
        assert violations(page) == []
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Yes to this choice").click()
        product.until_totals(visits=1, pageviews=1, clicks=0, within_s=5)
        page.get_by_role("link", name="Privacy notice").or_(
            page.get_by_role("link", name="Privacy choices")
        ).last.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []
        page.goto(product.server.url + "/lost-password")
        assert violations(page) == []
        page.goto(product.welcome)
        assert violations(page) == []
        page.get_by_label(re.compile("mail", re.I)).fill("owner@bakery.example")
        page.get_by_label(re.compile("password", re.I)).first.fill("a long enough password")
        page.get_by_role("button").first.click()
        expect(page).not_to_have_url(re.compile("welcome"))
        for path in PATHS:
            page.goto(product.server.url + path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        told = context.new_page()
        told.add_init_script(GPC_SCRIPT)
        told.goto(product.website)
        told.evaluate("byleave.consent.withdraw()")
        told.get_by_role("link", name="Privacy choices").click()
        expect(told.get_by_role("dialog")).to_contain_text("Global Privacy Control")
        assert violations(told) == []
