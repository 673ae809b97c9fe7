"""The overview in a real browser: by pointer, by keyboard, without script, narrow and wide, in both themes."""

import asyncio
import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

import dashboard
from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import EMAIL, PASSWORD, opened
from tests.e2e.test_axe import violations
from tests.processes import free_port

JAVASCRIPT_BYTES = 60 * 1024  # gzip, as the design's numbers have it


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over 600 visits, served by a thread of its own."""
    port = free_port()
    up, down = threading.Event(), threading.Event()
    folder = tmp_path_factory.mktemp("house")
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, port, up, down)))
    thread.start()
    assert up.wait(60)
    yield f"http://localhost:{port}"
    down.set()
    thread.join(30)


async def _serve(folder: Path, port: int, up: threading.Event, down: threading.Event) -> None:
    async with opened(folder) as house:
        await house.load(*lines(600, datetime.now(UTC).replace(tzinfo=None)))
        server = uvicorn.Server(uvicorn.Config(house.app, port=port, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        up.set()
        await asyncio.to_thread(down.wait)
        server.should_exit = True
        await serving


@pytest.fixture(scope="module")
def signed(browser: Browser, house: str) -> Any:
    """What a browser keeps once its owner signed in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{house}/sign-in")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Sites")).to_be_visible()
        return context.storage_state()


@pytest.fixture
def overview(browser: Browser, house: str, signed: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, opened by an owner; the test may choose the context's options."""
    options = {"viewport": {"width": 1440, "height": 900}, **getattr(request, "param", {})}
    with browser.new_context(storage_state=signed, locale="en-GB", **options) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(f"{house}/sites/{SITE}")
        yield page


STATES = ("?places=map&sources=utm_term&f=is:browser:Chrome", "/rows/pages?q=blog")
LOOKS = [{"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
         for scheme, width in (("light", 320), ("dark", 390), ("light", 1440), ("dark", 1440))]  # fmt: skip


@pytest.mark.parametrize("overview", LOOKS, indirect=True, ids=["320", "390 dark", "1440", "1440 dark"])
def test_axe_finds_nothing_in_any_of_its_states(overview: Page) -> None:
    width = overview.evaluate("innerWidth")
    for state in STATES:
        overview.goto(overview.url.partition(SITE)[0] + SITE + state)
        overview.evaluate("for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true")
        assert violations(overview) == [], state
        assert overview.evaluate("document.documentElement.scrollWidth") <= width, state
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
