"""What a real browser makes a page of: routes, the back-forward cache, hashes, a 404, shadow roots, SVG."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright

from tests.e2e.chromium import chromium
from tests.e2e.conftest import Product

WITHIN_S = 3.0  # a route is seen within half a second, and everything else within two


def counted(product: Product, metric: str, dimension: str) -> dict[str, int]:
    rows = product.api("query", metrics=[metric], dimensions=[dimension])["rows"]
    return {row["dims"][0]: row["metrics"][0] for row in rows}


def until(product: Product, metric: str, dimension: str, wanted: dict[str, int]) -> None:
    began = time.monotonic()
    while (found := counted(product, metric, dimension)) != wanted:
        assert time.monotonic() - began < WITHIN_S, (found, wanted)
        time.sleep(0.05)


@contextmanager
def consenting(playwright: Playwright, product: Product, folder: Path, **options: Any) -> Iterator[BrowserContext]:
    """A browser whose visitor said yes on the start page, which is counted once."""
    with chromium(playwright, folder, **options) as context:
        page = context.new_page()
        page.goto(product.website)
        page.get_by_role("button", name="Yes to all", exact=True).click()
        until(product, "pageviews", "page", {"/": 1})
        page.close()
        yield context


def test_each_route_counts_once(playwright: Playwright, product: Product, tmp_path: Path) -> None:
    with consenting(playwright, product, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{product.website}/bread/?utm_source=letter")
        until(product, "pageviews", "page", {"/": 1, "/bread/": 1})
        page.evaluate("history.replaceState({}, '', '/bread/')")  # what a router does after a campaign
        page.evaluate("location.hash = 'rye'")
        time.sleep(0.7)
        page.evaluate("history.pushState({}, '', '/cart')")
        page.evaluate("byleave.track('opened')")
        page.evaluate("history.replaceState({}, '', '/checkout')")
        time.sleep(0.7)
        page.go_back()
        until(product, "pageviews", "page", {"/": 1, "/bread/": 2, "/cart": 1, "/checkout": 1})
        until(product, "events", "page", {"/cart": 1})
    until(product, "visits", "source", {"Direct": 1})


def test_a_page_restored_from_the_back_forward_cache_counts_again(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    flags = {"ignore_default_args": ["--disable-back-forward-cache"]}
    with consenting(playwright, product, tmp_path, **flags) as context:
        page = context.new_page()
        page.goto(f"{product.website}/bread/")
        page.evaluate("window.kept = true")
        until(product, "pageviews", "page", {"/": 1, "/bread/": 1})
        page.goto(f"{product.website}/about/")
        until(product, "pageviews", "page", {"/": 1, "/bread/": 1, "/about/": 1})
        page.go_back(wait_until="commit")
        assert page.evaluate("window.kept") is True  # it was not loaded anew
        until(product, "pageviews", "page", {"/": 1, "/bread/": 2, "/about/": 1})
        page.reload()
        until(product, "pageviews", "page", {"/": 1, "/bread/": 3, "/about/": 1})


# What a site of another kind would have in its pages: put in while they are read, before the tag runs.
BEFORE = """
new MutationObserver((_, observer) => {
  const tag = document.querySelector("script[data-site]");
  if (!tag) return;
  observer.disconnect();
  tag.dataset.hash = "";
  document.head.insertAdjacentHTML("beforeend", '<meta name="byleave-status" content="404">');
}).observe(document, { childList: true, subtree: true });
"""
LATER = """
document.querySelector("main").insertAdjacentHTML("afterbegin", `
  <svg width="40" height="40"><a href="/drawn"><rect width="40" height="40"/></a></svg>
  <p id="host"></p>
  <button type="button" data-byleave-event="Tasted" data-byleave-value="2" data-byleave-prop-loaf="rye" id="taste">
    Taste
  </button>`);
document.getElementById("host").attachShadow({ mode: "open" }).innerHTML = '<a href="/inner"><b>in</b></a>';
addEventListener("click", (event) => event.preventDefault());
addEventListener("auxclick", (event) => event.preventDefault());
"""


def test_hash_routes_status_and_clicks_in_svg_and_shadow_roots(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with consenting(playwright, product, tmp_path) as context:
        page = context.new_page()
        page.add_init_script(BEFORE)
        page.goto(f"{product.website}/#/stories")
        until(product, "pageviews", "page", {"/": 1, "/stories": 1})
        until(product, "events", "event", {"404": 1})
        page.evaluate(LATER)
        page.locator("rect").click()
        page.locator("#host b").click(button="middle")
        page.locator("#host a").focus()
        page.keyboard.press("Enter")
        page.locator("#taste").click()
        until(product, "clicks", "click", {"/drawn": 1, "/inner": 2, "taste": 1})
        until(product, "events", "event", {"404": 1, "Tasted": 1})
        page.evaluate("location.hash = '/stories/rye'")
        until(product, "pageviews", "page", {"/": 1, "/stories": 1, "/stories/rye": 1})
        until(product, "events", "prop:loaf", {"": 2, "rye": 1})
