"""Goals and funnels in a real browser: added, read, changed and removed, by keyboard and without script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.demo.fill import SITE
from tests.e2e.conftest import as_owner
from tests.e2e.test_axe import violations

GOALS = f"/sites/{SITE}/goals"
YEAR = f"{GOALS}?period=12m"


def names(page: Page) -> list[str]:
    """The goals in the table."""
    return page.locator("#goals tbody .named a").all_inner_texts()


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 390), ("light", 1440), ("dark", 1440)])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, demo: tuple[str, Any], scheme: Any, width: int
) -> None:
    with as_owner(browser, demo, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        for path in (YEAR, f"{GOALS}/goal?id=1", f"{GOALS}/funnel?id=1"):
            page.goto(path)
            for closed in page.locator("main details").all():
                closed.evaluate("one => { one.open = true }")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_demo_has_goals_with_numbers_and_a_funnel(browser: Browser, demo: tuple[str, Any]) -> None:
    with as_owner(browser, demo, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(YEAR)
        assert names(page) == ["Order", "Newsletter", "Size chart"]
        order = page.locator("#goals tbody tr").first
        expect(order.locator("td").first).to_contain_text(re.compile(r"[1-9]"))
        expect(order.locator("td").last).to_contain_text("EUR")
        visits = [int(text.replace(",", "")) for text in page.locator(".stage strong").all_inner_texts()]
        assert len(visits) == 4
        assert visits == sorted(visits, reverse=True)
        assert visits[0] > visits[-1] > 0
        expect(page.locator(".drop").first).to_contain_text("left the site")


def test_a_goal_is_added_changed_and_removed_by_keyboard(browser: Browser, demo: tuple[str, Any]) -> None:
    with as_owner(browser, demo, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(YEAR)
        page.get_by_role("link", name="Add a goal").focus()
        page.keyboard.press("Enter")
        name = page.get_by_label("Name")
        name.focus()
        page.keyboard.type("Asked for help")
        page.keyboard.press("Tab")
        page.keyboard.type("help/*")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("is no path")
        expect(name).to_have_value("Asked for help")
        page.get_by_label("Page, click or event").fill("/help/*")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The goal is saved.")
        assert names(page)[-1] == "Asked for help"
        row = page.locator("#goals tbody tr").last
        expect(row.locator("td").first).to_contain_text(re.compile(r"[1-9]"))
        row.get_by_role("link", name="Asked for help over time").press("Enter")
        expect(page.locator("section.line h2")).to_contain_text("Asked for help")
        page.go_back()
        expect(page.locator("section.line h2")).to_contain_text("Order")
        row.get_by_role("link", name="Asked for help", exact=True).press("Enter")
        expect(page.locator(".chips")).to_contain_text("Page matches /help/*")
        expect(row.locator("td").nth(1)).to_contain_text("100 %")
        page.locator(".chips a").first.press("Enter")
        row.get_by_role("link", name="change Asked for help").press("Enter")
        page.locator("#remove summary").press("Enter")
        page.get_by_role("button", name="Yes, remove Asked for help").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("The goal is removed.")
        assert names(page) == ["Order", "Newsletter", "Size chart"]


def test_everything_works_without_script(browser: Browser, demo: tuple[str, Any]) -> None:
    with as_owner(browser, demo, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{GOALS}/funnel?period=12m")
        page.get_by_label("Name").fill("Straight to the cart")
        page.get_by_label("Step 1").fill("/shop/*/*")
        page.get_by_label("Step 2").fill("/cart")
        page.get_by_label("Between two steps").select_option("strict")
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile("period=12m"))
        funnel = page.locator("article.funnel").last
        expect(funnel).to_contain_text("each the very next step")
        expect(funnel).to_contain_text("visits get through")
        funnel.get_by_text("As a table").click()
        expect(funnel.locator("tbody tr")).to_have_count(2)
        with page.expect_download() as download:
            page.get_by_role("link", name="Funnels as CSV").click()
        assert "-funnels-" in download.value.suggested_filename
        funnel.locator(".drop a").first.click()
        expect(page).to_have_url(re.compile("/journeys.*anchor=start"))
        expect(page.locator("#denominator")).to_contain_text("visits")
        page.go_back()
        funnel.get_by_role("link", name="change").click()
        page.get_by_text("Remove the funnel").click()
        page.get_by_role("button", name="Yes, remove").click()
        expect(page.locator("article.funnel")).to_have_count(1)
