"""axe-core finds nothing in the banner, in both themes, narrow and wide; of the dashboard see test_every_page."""

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
        told = context.new_page()
        told.add_init_script(GPC_SCRIPT)
        told.goto(product.website)
        told.evaluate("byleave.consent.withdraw()")
        told.get_by_role("link", name="Privacy choices").click()
        expect(told.get_by_role("dialog")).to_contain_text("Global Privacy Control")
        assert violations(told) == []
