"""The visitor's page in a real browser, from a yes on another origin to the last row erased."""

import json
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, Request, expect

from tests.e2e.chromium import NOTHING, chromium, requested, stored
from tests.e2e.conftest import Product
from tests.e2e.test_axe import violations


def visit(context: BrowserContext, product: Product) -> Page:
    """Say yes, and look around."""
    website = context.new_page()
    website.goto(f"{product.website}/about/")
    website.get_by_role("button", name="Yes to all", exact=True).click()
    product.until_totals(visits=1, pageviews=1, clicks=0, within_s=5)
    website.get_by_role("link", name="Our bread").first.click()
    website.wait_for_url("**/bread/")
    product.until_totals(visits=1, pageviews=2, clicks=1, within_s=5)
    return website


def you(website: Page) -> Page:
    """What the tag's own `byleave.you()` opens."""
    with website.expect_popup() as opened:
        website.evaluate("byleave.you()")
    page = opened.value
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def kept(website: Page) -> dict[str, Any]:
    """What the tag keeps in the website's origin."""
    found: dict[str, Any] = json.loads(website.evaluate("localStorage['byleave:localhost']"))
    return found


def test_from_a_yes_to_seeing_taking_and_erasing(playwright: Playwright, product: Product, tmp_path: Path) -> None:
    asked: list[Request] = []
    with chromium(playwright, tmp_path) as context:
        context.on("request", lambda request: asked.append(request))
        website = visit(context, product)
        key = kept(website)["access_key"]
        page = you(website)
        assert page.url == f"{product.server.url}/c/you"
        assert page.evaluate("history.length") == 1
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"You said yes on \d+ \w+ \d{4}\."))
        visits = page.get_by_role("region", name="Your visits")
        expect(visits.get_by_role("listitem").filter(has_text="page /about/").last).to_be_visible()
        rows = page.get_by_role("region", name="Every row, in words")
        expect(rows).to_contain_text("/bread/")
        rows.locator("summary").first.click()
        expect(rows.locator("dl.stored")).to_contain_text("occurred_at")
        take(page, product, tmp_path)
        erase_and_go_on(page, website, product)
        stop_and_erase(page, website, product)
        assert stored(page) == NOTHING
        assert context.cookies(product.server.url) == []
    own = [request for request in asked if request.url.startswith(product.server.url)]
    assert not [request.url for request in own if key in request.url]
    carriers = {request.url.removeprefix(product.server.url) for request in own if key in (request.post_data or "")}
    assert carriers == {"/c/me?lang=en", "/c/me?format=csv&lang=en", "/c/me/erase"}
    assert {request.method for request in own if key in (request.post_data or "")} == {"POST"}
    # The browser's own log names the fragment, too, which no request carries (RFC 9110, section 7.1).
    assert not [line for line in requested(tmp_path, product.server.url) if key in line.partition("#")[0]]


def take(page: Page, product: Product, folder: Path) -> None:
    """Download everything, and the receipt, and the key; look again with the key from its file."""
    files = {}
    for name in ("Download (JSON)", "Download (CSV)", "Download receipt", "Save my key"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).first.click()
        files[name] = folder / download.value.suggested_filename
        download.value.save_as(files[name])
    told = json.loads(files["Download (JSON)"].read_text())
    assert {row["path"] for row in told["rows"]} == {"/about/", "/bread/"}
    lines = files["Download (CSV)"].read_text().splitlines()
    assert len(lines) == 1 + len(told["rows"])
    assert files["Download receipt"].read_text() == told["records"][0]["receipt"]
    page.reload()  # the key was in memory alone
    expect(page.get_by_role("heading", level=1)).to_have_text("This page needs your key.")
    page.get_by_label("Or the file that you saved").set_input_files(files["Save my key"])
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("You said yes"))


def erase_and_go_on(page: Page, website: Page, product: Product) -> None:
    page.get_by_role("button", name="Erase and go on", exact=True).click()
    expect(page.get_by_role("button", name="No, leave it")).to_be_focused()
    page.get_by_role("button", name="Yes, erase and go on").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Erased. Counting goes on.")
    expect(heading).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("There is no row about you at the moment.")
    product.until_totals(visits=0, pageviews=0, clicks=0, within_s=5)
    website.goto(f"{product.website}/about/")
    product.until_totals(visits=1, pageviews=1, clicks=0, within_s=5)
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("region", name="Every row, in words")).to_contain_text("/about/")
    expect(page.get_by_role("main")).not_to_contain_text("You read /bread/")


def stop_and_erase(page: Page, website: Page, product: Product) -> None:
    """The page stops it at once; the tag learns of it at its next try, none of which is stored."""
    page.get_by_role("button", name="Stop and erase", exact=True).press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stopped and erased.")
    expect(page.get_by_role("main")).to_contain_text("from the disk within 24 hours")
    assert "token" in kept(website)
    website.goto(f"{product.website}/bread/")
    until = time.monotonic() + 5
    while "token" in kept(website):
        assert time.monotonic() < until, "the tag did not learn that its yes was taken back"
        time.sleep(0.05)
    assert product.totals() == {"visits": 0, "pageviews": 0, "clicks": 0}


def test_axe_finds_nothing_in_any_state_theme_and_width(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path, viewport={"width": 320, "height": 700}) as context:
        page = you(visit(context, product))
        page.locator("summary").first.click()
        sound(page)
        page.get_by_role("button", name="Stop and erase", exact=True).click()
        sound(page)
        page.get_by_role("button", name="No, leave it").click()
        page.get_by_role("link", name="Deutsch").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Sie haben am"))
        assert page.evaluate("document.documentElement.lang") == "de"
        expect(page.get_by_role("region", name="Jede Zeile, in Worten")).to_contain_text("/bread/")
        sound(page, forced_colors="active", reduced_motion="reduce")
        page.emulate_media(forced_colors="none")
        context.set_offline(True)
        page.get_by_role("button", name="Neu nachsehen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Das hat gerade nicht geklappt.")
        sound(page)
        context.set_offline(False)
        page.goto(f"{product.server.url}/c/you")
        expect(page.get_by_role("heading", level=1)).to_have_text("This page needs your key.")
        sound(page)


def sound(page: Page, **media: Any) -> None:
    themes: tuple[tuple[Any, int], ...] = (("light", 320), ("dark", 1440))
    for scheme, width in themes:
        page.emulate_media(color_scheme=scheme, **media)
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
