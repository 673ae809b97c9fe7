"""Page loads of every kind: full ones, routes, back and forward, reloads, tabs closed in the middle; each counted once.

PAGE_LOADS says how many, 40 unless told; `make soak` makes 10 000. LOADS_SEED repeats the choices of a run.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.e2e.chromium import AGENT, EXECUTABLE, FLAGS
from tests.e2e.conftest import Product
from tests.e2e.loading import SCRIPT, Done, Visitor
from tests.e2e.website import Page, website
from tests.processes import stored_rows

LOADS = int(os.environ.get("PAGE_LOADS", "40"))
SEED = int(os.environ.get("LOADS_SEED", time.time_ns() % 1_000_000))
BROWSERS, TABS = 2, 3  # people, and what each has open at once
MANIFEST = Path(__file__).parents[2] / "collector/static/manifest.json"
PER_PATH = "SELECT path, count(*) FROM event WHERE kind = ? GROUP BY path"


class Everywhere(Mapping[str, Page]):
    """The same page at each path."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def __getitem__(self, path: str) -> Page:
        return self._page

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.timeout(60 + LOADS)
async def test_each_page_load_is_counted_exactly_once(product: Product) -> None:
    part = json.loads(MANIFEST.read_text())["measure"]["sha256"][:8]
    head = f'<script defer src="{product.server.url}/c/tag.js" data-site="localhost"></script>{SCRIPT}'
    began = time.monotonic()
    with website(Everywhere(Page(head))) as own:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=EXECUTABLE,
                args=[*FLAGS, f"--user-agent={AGENT}"],
                ignore_default_args=["--disable-back-forward-cache"],
            )
            done = await visited(browser, own, f"{product.server.url}/c/t/{part}.js")
            version = browser.version
            await asyncio.sleep(2)  # what the last tab sent while it closed
            await browser.close()
    took = time.monotonic() - began
    product.server.stop()
    pageviews, clicks = (counted(product, kind) for kind in ("pageview", "click"))
    hurried = Counter({path: pageviews.pop(path) for path in done.perhaps & pageviews.keys()})
    print(
        f"\n{done.pageviews.total():,} pageviews and {done.clicks.total():,} clicks in {took:.0f} s with Chromium "
        f"{version}: {dict(done.ways)}; of {len(done.perhaps)} tabs closed while loading, {len(hurried)} counted; "
        f"LOADS_SEED={SEED}"
    )
    doubled, lost = pageviews - done.pageviews, done.pageviews - pageviews
    assert (doubled, lost) == (Counter(), Counter())
    assert clicks == done.clicks
    assert set(hurried.values()) <= {1}


def counted(product: Product, kind: str) -> Counter[str]:
    """What the store holds, by path."""
    return Counter({str(path): int(str(count)) for path, count in stored_rows(product.byleave.data, PER_PATH, [kind])})


async def visited(browser: Browser, own: str, part: str) -> Done:
    """What BROWSERS people did with TABS tabs each, all at once, until LOADS pages were seen."""
    done = Done()
    visitors = []
    for person in range(BROWSERS):
        context = await browser.new_context(locale="en-GB")
        first = await context.new_page()
        await first.goto(f"{own}/start")
        await first.get_by_role("button", name="Yes to all", exact=True).click()
        await first.wait_for_function("() => byleave.consent.status().state == 'yes'")
        await first.wait_for_timeout(1000)
        done.pageviews["/start"] += 1
        await first.close()
        for tab in range(TABS):
            visitors.append(Visitor(context, own, part, done, random.Random(f"{SEED}.{person}.{tab}")))
    async with asyncio.TaskGroup() as group:
        for visitor in visitors:
            group.create_task(visitor.go_on(lambda: done.pageviews.total() >= LOADS))
    return done
