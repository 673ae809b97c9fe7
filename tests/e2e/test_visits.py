"""The page of recent visits in a real browser: read at a glance, filtered, paged, by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard.believable import SITE
from tests.e2e.housed import Housed, served, signed_in

PAGE = f"/sites/{SITE}/visits"
ROWS = 50
# Of every strip: that it lies within the page, that its letters can be read, and that a name which is cut tells itself
# in full to the pointer, and to a screen reader, which reads the text and not what is seen of it.
STRIPS = """() => [...document.querySelectorAll('.strips > li')].flatMap((visit) => {
  const wrong = [], box = visit.getBoundingClientRect();
  if (box.left < 0 || box.right > innerWidth) wrong.push('wide');
  if (!visit.querySelector('.who time') || !visit.querySelector('.strip li')) wrong.push('empty');
  for (const step of visit.querySelectorAll('.strip bdi')) {
    if (parseFloat(getComputedStyle(step).fontSize) < 12) wrong.push('small');
    if (step.scrollWidth > step.clientWidth && step.title !== step.textContent) wrong.push('cut');
    if (step.getBoundingClientRect().right > innerWidth) wrong.push('over the edge');
  }
  return wrong;
})"""


@pytest.fixture(scope="module")
def housed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Housed]:
    with served(tmp_path_factory.mktemp("visits"), 400) as found:
        yield found


@pytest.fixture(scope="module")
def signed(browser: Browser, housed: Housed) -> Any:
    return signed_in(browser, housed.url)


@pytest.fixture
def page(browser: Browser, housed: Housed, signed: Any) -> Iterator[Page]:
    with browser.new_context(base_url=housed.url, locale="en-GB", storage_state=signed) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(PAGE)
        yield page


def test_strips_read_well_narrow_and_wide(page: Page) -> None:
    expect(page.locator(".strips > li")).to_have_count(ROWS)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(STRIPS) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('.strips > li')[9].getBoundingClientRect().bottom") < 900, (
        "ten at a glance on a wide screen"
    )


def test_a_name_that_is_cut_is_told_in_full(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    step = page.locator(".strip bdi").first
    step.evaluate(
        "one => { one.textContent = one.title = '/a-name-that-is-much-longer-than-the-screen-is-wide/'.repeat(3) }"
    )
    assert step.evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.evaluate(STRIPS) == []


def test_no_visit_is_told_by_its_city(page: Page) -> None:
    assert "Berlin" not in page.locator(".strips").inner_text()
    answer = page.goto(f"{PAGE}?f=is:city:Berlin")
    assert answer and answer.status == 400
    expect(page.locator("main")).to_contain_text("never told by their city")


def test_filters_apply_and_go(page: Page) -> None:
    page.keyboard.press("f")
    page.locator("[name=fd]").select_option("country")
    page.locator("[name=fv]").fill("FR")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".chips")).to_contain_text("Country is France")
    assert "f=is:country:FR" in page.url
    told = page.locator(".strips .who").all_inner_texts()
    assert told and all("France" in one for one in told)
    page.keyboard.press("x")
    expect(page.locator(".chips")).to_have_count(0)
    assert not all("France" in one for one in page.locator(".strips .who").all_inner_texts())


def test_older_visits_are_turned_to_and_back(page: Page) -> None:
    first = page.locator(".strips").inner_text()
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator(".strips")).not_to_have_text(first)
    assert "offset=50" in page.url
    page.get_by_role("link", name="Later").click()
    expect(page).to_have_url(re.compile(r"/visits$"))
    page.wait_for_function("(first) => document.querySelector('.strips').innerText === first", arg=first)


def test_by_keyboard_alone(page: Page) -> None:
    earlier = page.get_by_role("link", name="Earlier")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the head of the page
    for _ in range(40):
        page.keyboard.press("Tab")
        if earlier.evaluate("one => one === document.activeElement"):
            break
    expect(earlier).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Later")).to_be_visible()
