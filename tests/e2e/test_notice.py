"""A notice that changes materially, in a real browser: asked again once, under the new one."""

import json
import re
from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.chromium import chromium, stored
from tests.e2e.conftest import Product
from tests.e2e.test_visit import ask, opened, say


def test_after_a_material_notice_the_tag_asks_again_once(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path) as context:
        page = opened(context, product.website)
        ask(page)
        say(page, "Yes to all")
        product.until_totals(visits=1, pageviews=1, clicks=0)
        product.byleave.run("notice", "publish", "localhost", "--authority", "The authority")  # minor
        go(page, "Our bread", "bread")
        product.until_totals(visits=1, pageviews=2, clicks=1)
        expect(page.get_by_role("dialog")).to_have_count(0)
        done = product.byleave.run("notice", "publish", "localhost", "--controller", "New Bakery Ltd", "--json")
        page.goto(f"{product.website}/about/")
        ask(page)
        expect(page.get_by_role("dialog")).to_contain_text("New Bakery Ltd")
        say(page, "Yes to all")
        product.until_totals(visits=2, pageviews=3, clicks=1)
        go(page, "Our bread", "bread")
        product.until_totals(visits=2, pageviews=4, clicks=2)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert json.loads(done)["id"] != ""
        assert re.search(r"c1\.", json.dumps(stored(page)["local"]))


def go(page: object, link: str, folder: str) -> None:
    page.get_by_role("link", name=link).first.click()  # type: ignore[attr-defined]
    page.wait_for_url(f"**/{folder}/")  # type: ignore[attr-defined]
