"""The overview in a real browser: by pointer, by keyboard, without script."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import dashboard
from tests.dashboard.believable import SITE
from tests.e2e.housed import served, signed_in
from tests.e2e.test_axe import violations

JAVASCRIPT_BYTES = 60 * 1024  # gzip, as the design's numbers have it


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over 600 visits."""
    with served(tmp_path_factory.mktemp("house"), 600) as found:
        yield found.url


@pytest.fixture(scope="module")
def signed(browser: Browser, house: str) -> Any:
    return signed_in(browser, house)


@pytest.fixture
def overview(browser: Browser, house: str, signed: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, opened by an owner; the test may choose the context's options."""
    options = {"viewport": {"width": 1440, "height": 900}, **getattr(request, "param", {})}
    with browser.new_context(storage_state=signed, locale="en-GB", **options) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(f"{house}/sites/{SITE}")
        yield page


def test_axe_finds_nothing_in_the_keys(overview: Page) -> None:
    overview.keyboard.press("?")
    expect(overview.get_by_role("dialog")).to_be_visible()
    assert violations(overview) == []


def test_a_row_filters_and_with_alt_is_left_out(overview: Page) -> None:
    row = overview.locator("#panel-places").get_by_role("link", name="Germany", exact=True)
    row.click(modifiers=["Alt"])
    expect(overview.locator(".chips")).to_contain_text("Country is not Germany")
    expect(row).to_have_count(0)
    overview.locator("#panel-tech").get_by_role("link", name="Firefox", exact=True).click()
    expect(overview.locator(".chips")).to_contain_text("Browser is Firefox")
    expect(overview.locator("#panel-tech")).to_contain_text("Firefox 144")
    assert "f=is_not:country:DE&f=is:browser:Firefox" in overview.url
    overview.go_back()
    expect(overview.locator(".chips")).not_to_contain_text("Firefox")
    overview.keyboard.press("x")
    expect(overview.locator(".chips")).to_have_count(0)


@pytest.mark.parametrize("overview", [{"java_script_enabled": False}], indirect=True)
def test_without_script_rows_are_left_out_and_filters_saved(overview: Page) -> None:
    overview.get_by_role("link", name="Leave out visits with Germany").focus()
    overview.keyboard.press("Enter")
    expect(overview.locator(".chips")).to_contain_text("Country is not Germany")
    overview.locator("#menu-segments summary").click()
    overview.get_by_label("Name").fill("Abroad")
    overview.get_by_role("button", name="Save these filters").click()
    overview.locator("#menu-segments summary").click()
    expect(overview.get_by_role("link", name="Abroad")).to_have_attribute("aria-current", "true")
    overview.get_by_role("button", name="Remove the segment Abroad").click()
    expect(overview.locator(".chips")).to_contain_text("Country is not Germany")


def test_a_note_stands_beside_the_line(overview: Page) -> None:
    overview.locator("#notes > summary").click()
    day = (datetime.now(UTC) - timedelta(days=9)).date().isoformat()
    overview.locator("#notes > form [name=day]").fill(day)
    overview.locator("#notes > form [name=text]").fill("Newsletter sent")
    overview.get_by_role("button", name="Add a note").click()
    expect(overview.locator(".trend .mark")).to_contain_text("Newsletter sent")


def test_the_line_by_another_resolution(overview: Page) -> None:
    overview.keyboard.press("2")  # yesterday
    overview.get_by_role("navigation", name="Points of the line").get_by_role("link", name="Minutes").click()
    expect(overview.locator(".trend .point")).to_have_count(24 * 60)
    assert "by=minute" in overview.url and "period=yesterday" in overview.url


def test_values_are_suggested_while_one_types(overview: Page) -> None:
    overview.keyboard.press("f")
    overview.locator("[name=fd]").select_option("page")
    overview.locator("[name=fv]").fill("BLOG")
    expect(overview.locator("#filter-values option")).to_have_count(2)
    overview.locator("[name=fv]").fill("/blog/ask-first")
    overview.get_by_role("button", name="Add", exact=True).click()
    expect(overview.locator(".chips")).to_contain_text("Page is /blog/ask-first")


def test_the_map_is_its_own_file_and_filters(overview: Page) -> None:
    asked: list[str] = []
    overview.on("request", lambda request: asked.append(request.url))
    overview.reload()
    assert not [url for url in asked if "world.svg" in url]
    with overview.expect_response(lambda answer: "world.svg" in answer.url):
        overview.locator("#panel-places").get_by_role("link", name="Map").click()
    germany = overview.locator(".world use[href$='#DE']")
    assert germany.bounding_box()["width"] > 5  # type: ignore[index]
    germany.click()
    expect(overview.locator(".chips")).to_contain_text("Country is Germany")


def test_every_number_explains_itself_to_the_keyboard(overview: Page) -> None:
    for name in ("visits", "visitors", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"):
        told = overview.locator(f"#help-{name}")
        expect(told).to_be_hidden()
        overview.locator(f"[aria-describedby=help-{name}]").focus()
        overview.keyboard.press("Shift+Tab")
        overview.keyboard.press("Tab")
        expect(told).to_be_visible()
        overview.keyboard.press("Escape")
        expect(told).to_be_hidden()


def test_the_script_keeps_its_budget() -> None:
    folder = Path(dashboard.__file__).parent / "static"
    assert sum(len(gzip.compress(file.read_bytes())) for file in folder.glob("*.js")) <= JAVASCRIPT_BYTES
