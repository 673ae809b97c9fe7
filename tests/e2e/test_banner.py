"""How the banner looks, reads and holds in a real browser, in every language and on every width."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from collector.consent.texts import LANGUAGES
from tests.e2e.conftest import Product

ROOT = Path(__file__).parents[2]


@pytest.fixture
def context(visitor: BrowserContext) -> Iterator[BrowserContext]:
    """Whatever the page's policy refuses, or a script throws, fails the test."""
    wrong: list[str] = []
    visitor.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    visitor.on("weberror", lambda error: wrong.append(str(error.error)))
    yield visitor
    assert wrong == []


@pytest.fixture
def page(context: BrowserContext, shared: Product) -> Page:
    """The first page, which asks."""
    made = context.new_page()
    made.goto(shared.website)
    expect(made.get_by_role("dialog")).to_be_visible()
    return made


# Sides of the dialog and its buttons, whether anything is cut or overflows, in CSS pixels.
MEASURED = """() => {
  const root = document.querySelector('byleave-ask').shadowRoot;
  const section = root.querySelector('section');
  const buttons = [...root.querySelectorAll('button')];
  const side = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return [left, right, top, bottom];
  };
  const look = (one) => {
    const { color, backgroundColor, fontSize, fontWeight, borderTopColor, borderTopWidth } = getComputedStyle(one);
    return [color, backgroundColor, fontSize, fontWeight, borderTopColor, borderTopWidth].join();
  };
  const cut = (one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1;
  return {
    page: document.documentElement.scrollWidth,
    section: side(section),
    cut: [section, ...section.querySelectorAll('*')].filter(cut).map((one) => one.textContent),
    buttons: buttons.map(side),
    looks: [...new Set(buttons.map(look))],
  };
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_in_every_language_from_320_px_on(context: BrowserContext, shared: Product, language: str) -> None:
    page = context.new_page()
    speak(page, shared, f'lang="{language}"')
    page.goto(shared.website)
    expect(page.locator(f"byleave-ask section[lang={language}]")).to_be_visible()
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 760})
        assert_fits(page.evaluate(MEASURED), width)


def speak(page: Page, product: Product, attributes: str) -> None:
    """The first page, as if its root element had these attributes."""

    def answered(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('lang="en"', attributes))

    page.route(f"{product.website}/", answered)


def assert_fits(found: Any, width: int) -> None:
    """Nothing is cut or stands out, and the answers are of equal weight: size, colour and letters."""
    left, right, top, bottom = found["section"]
    assert found["page"] <= width
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= 760
    assert found["cut"] == []
    sizes = {(round(right - left), round(bottom - top)) for left, right, top, bottom in found["buttons"]}
    assert len(found["buttons"]) == 3
    assert len(sizes) == 1
    assert min(min(size) for size in sizes) >= 44
    assert len(found["looks"]) == 1


def test_it_turns_with_a_script_from_right_to_left(context: BrowserContext, shared: Product) -> None:
    page = context.new_page()

    def turn(route: Route) -> None:
        notice = route.fetch().json()
        texts = {"ar": notice["texts"]["en"] | {"title": "هل يجوز لنا عدّ هذه الزيارة؟", "no": "لا"}}
        route.fulfill(json={**notice, "texts": texts}, headers={"Access-Control-Allow-Origin": "*"})

    page.route("**/c/site/localhost.json", turn)
    speak(page, shared, 'lang="ar" dir="rtl"')
    page.goto(shared.website)
    expect(page.get_by_role("dialog")).to_have_attribute("dir", "rtl")
    assert page.get_by_role("dialog").get_attribute("lang") == "ar"
    found = page.evaluate(MEASURED)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert width - found["section"][1] == 24  # begins at the right
    assert found["buttons"][0][0] > found["buttons"][1][0] > found["buttons"][2][0]
    page.get_by_role("button", name="لا").click()
    expect(page.locator("byleave-ask section")).to_have_attribute("dir", "rtl")


# What counts as a shift (CLS leaves out what follows an input at once), and what of the page outside the banner moved.
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries())
    if (!hadRecentInput || sources.some(({ node }) => document.body.contains(node) && node.localName != 'byleave-ask'))
      shifts.push(value);
}).observe({ type: 'layout-shift', buffered: true });"""


@pytest.mark.parametrize("width", [390, 1440])
def test_it_shifts_nothing_when_it_comes_and_goes(context: BrowserContext, shared: Product, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 760})
    page.add_init_script(SHIFTS)
    page.goto(f"{shared.website}/bread/")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Choose").click()
    page.get_by_role("button", name="Yes to this choice").click()
    expect(page.get_by_text("Your choice is saved")).to_be_visible()
    page.wait_for_timeout(200)  # entries are told after the frame
    assert page.evaluate("shifts") == []
    page.evaluate("document.querySelector('main').style.marginTop = '99px'")
    page.wait_for_function("() => shifts.length")  # so it would have been seen


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves(page: Page, motion: Any) -> None:
    page.emulate_media(reduced_motion=motion)
    moving = """() => { const root = document.querySelector('byleave-ask').shadowRoot;
      return [root.getAnimations().length, ...[...root.querySelectorAll('*')].flatMap((one) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one);
        return [transitionDuration, animationName, scrollBehavior]; })]; }"""
    assert set(page.evaluate(moving)) == {0, "0s", "none", "auto"}


def test_in_forced_colours_every_edge_and_the_focus_are_drawn(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    page.keyboard.press("Tab")
    drawn = """() => {
      const { shadowRoot } = document.querySelector('byleave-ask');
      return [...shadowRoot.querySelectorAll('section, button')].map((one) => {
        const { borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(one);
        return borderTopStyle == 'solid' && borderTopColor != backgroundColor;
      });
    }"""
    assert page.evaluate(drawn) == [True] * 4
    focus = """() => {
      const { shadowRoot } = document.querySelector('byleave-ask');
      const { outlineStyle, outlineWidth } = getComputedStyle(shadowRoot.activeElement);
      return [outlineStyle, outlineWidth];
    }"""
    assert page.evaluate(focus) == ["solid", "3px"]


def test_each_variable_that_the_documentation_names_changes_it(page: Page) -> None:
    table = (ROOT / "docs/install.md").read_text("utf-8")
    documented = re.findall(r"^\| `(--byleave-[a-z-]+)` \|", table, re.MULTILINE)
    used = re.findall(r"var\((--byleave-[a-z-]+)", (ROOT / "js/banner/src/style.ts").read_text("utf-8"))
    assert sorted(documented) == sorted(set(used))
    page.keyboard.press("Tab")
    look = """() => {
      const host = document.querySelector('byleave-ask');
      const names = ['color', 'background-color', 'border-top-color', 'border-radius', 'font-family', 'inline-size',
        'inset-block-end', 'outline-color'];
      return [host, ...host.shadowRoot.querySelectorAll('section, p, button')].flatMap((one) => {
        const style = getComputedStyle(one);
        return names.map((name) => style.getPropertyValue(name));
      });
    }"""
    values = {"width": "300px", "inset": "7px", "radius": "1px", "font": "monospace"}
    for name in documented:
        before = page.evaluate(look)
        value = values.get(name.removeprefix("--byleave-"), "rgb(1, 99, 2)")
        page.evaluate("([name, value]) => document.documentElement.style.setProperty(name, value)", [name, value])
        after = page.evaluate(look)
        assert after != before, name
        assert any(value in line for line in after), name


def test_a_screen_reader_hears_a_named_dialog_and_what_each_part_is(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_match_aria_snapshot("""
      - dialog /May Example Bakery Ltd count this visit/:
        - heading /May Example Bakery Ltd count this visit/ [level=2]
        - paragraph
        - list:
          - listitem: which pages you read and what you click, to improve them
        - paragraph
        - button "No"
        - button "Choose"
        - button "Yes to all"
        - link "Privacy notice"
    """)
    page.get_by_role("button", name="Choose").click()
    expect(page.get_by_role("checkbox", name="that it is you when you come back")).not_to_be_checked()
    status = page.get_by_role("status")
    expect(status).to_be_attached()  # there before it speaks
    page.get_by_role("button", name="No", exact=True).click()
    expect(status).to_have_text("Understood. Nothing is counted.")


FOCUSED = """() => { let one = document.activeElement; while (one.shadowRoot) one = one.shadowRoot.activeElement;
  return one.textContent.trim() || one.name; }"""


def test_it_is_answered_by_keyboard_and_gives_the_focus_back(page: Page) -> None:
    walked = [page.evaluate(FOCUSED)]
    for _ in range(4):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    assert walked == ["May Example Bakery Ltd count this visit?", "No", "Choose", "Yes to all", "Privacy notice"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # Choose
    assert page.evaluate(FOCUSED) == walked[0]  # the second layer is read from its heading
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox").first).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("byleave.consent.status().state") == "no"
    opener = page.locator("[data-byleave-choices]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("You said no")
    assert page.evaluate(FOCUSED) == walked[0]
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Privacy choices"
    assert json.dumps(page.url).endswith('/"')  # nothing was followed


def test_a_double_click_on_choose_answers_nothing(page: Page) -> None:
    button = page.get_by_role("button", name="Choose").bounding_box()
    assert button
    x, y = button["x"] + button["width"] - 9, button["y"] + 20
    page.mouse.dblclick(x, y)
    expect(page.get_by_role("button", name="Yes to this choice")).to_be_visible()
    under = "([x, y]) => document.querySelector('byleave-ask').shadowRoot.elementFromPoint(x, y).textContent"
    assert page.evaluate(under, [x, y]) == "Yes to this choice"
    page.wait_for_timeout(200)
    assert page.evaluate("byleave.consent.status().state") == "unset"
