"""The states of a page besides the full one, in a real browser: empty, loading, partial, out of reach, not allowed."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy.exc import OperationalError

from collector.state.accounts import create_account
from collector.store.migrate import StoreError
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, PASSWORD
from tests.e2e.housed import Housed, served, signed_in
from tests.e2e.test_axe import violations

VIEWER = "viewer@example.com"
REPORTS = ("", "/journeys", "/visits", "/volume", "/consent", "/rows/pages")
SLOW_MS = 700
CONTROLS = int(os.environ.get("CONTROLS", "4"))  # of a page that are tried; make soak tries them all


@pytest.fixture(scope="module")
def housed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Housed]:
    with served(tmp_path_factory.mktemp("states"), 300) as found:

        async def invite() -> None:
            async with found.house.state.write() as connection:
                await create_account(connection, VIEWER, PASSWORD, "viewer", int(time.time()), [SITE])

        found.do(invite())
        yield found


@pytest.fixture(scope="module")
def signed(browser: Browser, housed: Housed) -> dict[str, Any]:
    """What the browsers of an owner and of a viewer keep."""
    return {"owner": signed_in(browser, housed.url), "viewer": signed_in(browser, housed.url, VIEWER)}


@pytest.fixture
def page(browser: Browser, housed: Housed, signed: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Page]:
    with window(browser, housed, signed[getattr(request, "param", "owner")]) as context:
        yield context.new_page()


def window(browser: Browser, housed: Housed, state: Any, **options: Any) -> BrowserContext:
    context = browser.new_context(base_url=housed.url, locale="en-GB", storage_state=state, **options)
    context.set_default_timeout(10_000)
    return context


def nothing(page: Page) -> str:
    """What a page says in place of its numbers; every such word stands in a box of its own."""
    return " ".join(page.locator("main .nothing:visible, main #waiting:visible, main .lead:visible").all_inner_texts())


EMPTY = {
    "a filter that matches nothing": f"/sites/{SITE}{{}}?f=is:country:AQ",
    "a range before the first row": f"/sites/{SITE}{{}}?from=2020-01-01&to=2020-01-31",
    "a site without a row": f"/sites/{OTHER}{{}}",
}


@pytest.mark.parametrize("address", EMPTY.values(), ids=EMPTY)
def test_an_empty_page_says_what_to_do(page: Page, address: str) -> None:
    silent = []
    for report in REPORTS:
        answer = page.goto(address.format(report))
        assert answer and answer.status == 200, report
        whole = report in ("/visits", "/volume") and "from=" in address  # these take no range
        whole = whole or (report in ("/volume", "/consent") and "f=" in address)  # nor these a filter
        if not whole and len(nothing(page)) < 30:
            silent.append((report, nothing(page)))
        assert "NaN" not in page.locator("main").inner_text()
    assert silent == []


def slowed(page: Page) -> None:
    """From now on what scripts fetch comes late."""

    def late(route: Route) -> None:
        if route.request.resource_type == "fetch" and "/api/" not in route.request.url:
            page.wait_for_timeout(SLOW_MS)
        route.continue_()

    page.route("**/sites/**", late)


def test_a_slow_page_says_quietly_that_it_loads(page: Page) -> None:
    page.goto(f"/sites/{SITE}")
    before = page.locator("#figures").inner_text()
    slowed(page)
    page.keyboard.press("5")  # another range
    main = page.locator("main")
    expect(main).to_have_attribute("aria-busy", "true")
    line = "getComputedStyle(document.querySelector('main'), '::before').height"
    assert page.evaluate(line) == "3px"
    assert page.locator("#figures").inner_text() == before, "what is there stays until the new comes"
    expect(main).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate(line) == "auto"
    expect(page.locator("#figures")).not_to_have_text(before)


def test_numbers_that_will_grow_say_so_until_they_are_whole(page: Page, housed: Housed) -> None:
    store, whole = housed.house.store, housed.house.store.complete_to
    said = page.locator(".late")
    page.goto(f"/sites/{SITE}")
    expect(said).to_have_count(0)
    try:
        store.complete_to = datetime.now(UTC) - timedelta(days=1, minutes=3)
        for report in REPORTS:
            page.goto(f"/sites/{SITE}{report}")
            expect(said).to_contain_text("will grow")
            day = f"{store.complete_to:%Y}"
            expect(page.locator("#speaks time")).to_contain_text(day)
    finally:
        store.complete_to = whole
    page.goto(f"/sites/{SITE}/visits")
    expect(said).to_have_count(0)


def failing(error: Exception) -> Any:
    @asynccontextmanager
    async def fail(*_: object, **__: object) -> AsyncIterator[None]:
        raise error
        yield

    return fail


def test_out_of_reach_is_told_and_got_over_by_one_click(
    page: Page, housed: Housed, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"/sites/{SITE}?period=7d")
    with monkeypatch.context() as patch:
        patch.setattr(housed.house.store, "snapshot", failing(StoreError("busy")))
        page.keyboard.press("5")  # asked for by script: the page is loaded in full, for it says more than no change
        expect(page.get_by_role("heading", level=1)).to_have_text("The data is out of reach just now")
        assert violations(page) == []
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#figures")).to_be_visible()
    assert "period=90d" in page.url


def test_a_form_that_could_not_be_saved_is_sent_again_with_one_click(
    page: Page, housed: Housed, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"/sites/{SITE}/settings")
    page.get_by_label("Other hostnames").fill(f"www.{SITE}\nshop.{SITE}")
    with monkeypatch.context() as patch:
        patch.setattr(housed.house.state, "write", failing(OperationalError("", {}, Exception("locked"))))
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The data is out of reach just now")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Other hostnames")).to_have_value(f"www.{SITE}\nshop.{SITE}")


def test_the_sign_in_asks_for_the_password_again_and_goes_on(
    browser: Browser, housed: Housed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with window(browser, housed, None) as context:
        page = context.new_page()
        page.goto(f"/sites/{SITE}/visits")
        page.get_by_label("E-mail").fill(VIEWER)
        page.get_by_label("Password").fill(PASSWORD)
        with monkeypatch.context() as patch:
            patch.setattr(housed.house.state, "read", failing(OperationalError("", {}, Exception("locked"))))
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("The data is out of reach just now")
        assert PASSWORD not in page.content()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Send it again").click()
        expect(page).to_have_url(f"{housed.url}/sites/{SITE}/visits")


@pytest.mark.parametrize("page", ["viewer"], indirect=True)
def test_what_one_may_not_see_is_a_page_with_a_way_on(page: Page) -> None:
    for path in (f"/sites/{SITE}/settings", "/settings/people", "/settings/audit", "/settings/sites"):
        answer = page.goto(path)
        assert answer and answer.status == 403, path
        expect(page.get_by_role("heading", level=1)).to_have_text("This is not allowed")
        expect(page.locator("main")).to_contain_text("Ask an owner")
        assert violations(page) == []
        page.locator("main").get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    page.goto(f"/sites/{SITE}")
    for name in ("Settings", "People", "Changes"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


@pytest.mark.parametrize("page", ["viewer"], indirect=True)
def test_nothing_is_there_tells_an_unknown_site_as_one_of_others(page: Page) -> None:
    told = set()
    for path in ("/sites/nowhere.example", f"/sites/{OTHER}", f"/sites/{SITE}/nowhere", "/nowhere"):
        answer = page.goto(path)
        assert answer and answer.status == 404, path
        told.add(page.locator("main").inner_text())
        expect(page.locator("main").get_by_role("link")).to_have_attribute("href", "/sites")
    assert len(told) == 1


def controls(page: Page) -> list[str]:
    """Every address that a control of the page leads to on this same page."""
    links = "main a[href]:not([download]), .controls a[href]"
    here = page.evaluate("location.pathname")
    found = page.locator(links).evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    # One of each kind is enough: rows that filter differ by their value alone.
    kinds = {kind(path): path for path in found if path.partition("?")[0].partition("#")[0] == here}
    return list(kinds.values())


def spread(paths: list[str]) -> list[str]:
    """Some of them, from all over the page."""
    return paths[:: max(1, len(paths) // CONTROLS)][:CONTROLS]


def kind(path: str) -> str:
    query = path.partition("#")[0].partition("?")[2]
    return "&".join(sorted({":".join(part.split(":")[:2]) for part in query.split("&")}))


PRESS = """(path) => {
  const link = [...document.querySelectorAll('main a')].find((one) => one.getAttribute('href') === path);
  link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
}"""
SHARED = """() => {
  const main = document.querySelector('main').cloneNode(true);
  main.querySelectorAll('time, #live, [data-copy]').forEach((one) => one.remove());
  return main.textContent.replace(/\\s+/g, ' ').trim();
}"""


@pytest.mark.parametrize("report", ["", "/journeys", "/visits"])
def test_every_control_goes_back_and_forward_and_can_be_shared(
    browser: Browser, housed: Housed, signed: dict[str, Any], page: Page, report: str
) -> None:
    page.goto(f"/sites/{SITE}{report}?f=is:browser:Chrome")
    start, first = page.url, page.evaluate(SHARED)
    with window(browser, housed, signed["viewer"]) as elsewhere:
        other = elsewhere.new_page()
        for path in spread(controls(page)):
            page.evaluate(PRESS, path)
            page.wait_for_function("() => !document.querySelector('main[aria-busy]')")
            there, shown = page.url, page.evaluate(SHARED)
            if there == start:
                continue
            page.go_back()
            page.wait_for_function(f"(first) => ({SHARED})() === first", arg=first)
            assert page.url == start
            page.go_forward()
            page.wait_for_function(f"(shown) => ({SHARED})() === shown", arg=shown)
            assert page.url == there
            other.goto(there)
            # A viewer is offered nothing that changes what is kept; the numbers are the same.
            assert numbers(other) == numbers(page), path
            page.go_back()
            page.wait_for_function(f"(first) => ({SHARED})() === first", arg=first)


def numbers(page: Page) -> list[str]:
    return page.locator("main table td, main .figures strong, main .strip").all_text_contents()
