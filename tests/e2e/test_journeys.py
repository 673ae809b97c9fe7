"""Journeys and visits in a real browser: by keyboard, without script, back and forward, and with hostile names."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from tests.e2e.conftest import CONTROLLER, as_owner, owner_of
from tests.e2e.test_axe import violations
from tests.processes import byleave
from tests.rows import batch, line

HOSTILE = "=/</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)> javascript:alert(3)"
JOURNEYS, VISITS = "/sites/localhost/journeys?top=5&steps=3", "/sites/localhost/visits"
SIZES = [("light", 320), ("dark", 1440), ("light", 1440), ("dark", 320)]


def rows() -> Iterator[bytes]:
    """Twelve visits from / by a hostile step to a page of their own; k is 1."""
    now = int(time.time()) - 3600
    for visit in range(1, 13):
        walk = [("pageview", "/", None), ("pageview", HOSTILE, None), ("pageview", f"/مرحبا/{visit}" + "x" * 40, None)]
        for nth, (kind, path, target) in enumerate([*walk, ("click", "/", HOSTILE), ("event", "/", HOSTILE)]):
            at = f"{datetime.fromtimestamp(now + 20 * nth, UTC):%Y-%m-%d %H:%M:%S}"
            told: dict[str, Any] = {"kind": kind, "path": path, "nth": nth, "occurred_at": at, "visit": visit}
            told |= {"target": target, "target_kind": "button" if kind == "click" else None}
            if kind == "pageview":
                told |= {"source": HOSTILE, "utm_campaign": HOSTILE, "channel": "Referral"}
            yield line(bytes([visit] * 16), site="localhost", host="localhost", browser=HOSTILE, **told)


MANY, PATHS, VISITS_OF_MANY = "/sites/shop.example/journeys", 40_000, 80_000
MADE_UP = """
    SELECT 'shop.example' AS site, 'www.shop.example' AS host, kind, nth,
        NULL::VARCHAR AS target, NULL::VARCHAR AS target_kind,
        now()::TIMESTAMP - to_seconds(86400 + n % 700000 - 30 * nth) AS occurred_at,
        n AS visit, md5(n::VARCHAR)::UUID AS subject, repeat('a', 64) AS notice,
        CASE WHEN nth = 1 AND n % 3 = 0 THEN '/'
             ELSE '/' || ['boots', 'tents', 'backpacks', 'guides'][1 + item % 4]
                  || '/one-of-many-things-with-a-rather-long-name-' || item END AS path
    FROM (
        -- Every path is the entry of one visit at least; all other steps are of few paths rather than of many.
        SELECT n, nth, 'pageview' AS kind, CASE WHEN nth = 0 AND n < $paths THEN n
            ELSE floor(pow($paths, (hash(n * 8 + nth) % 65536) / 65536))::BIGINT END AS item
        FROM range($visits) AS visit(n), range(4) AS step(nth)
        WHERE nth <= hash(n) % 5
    )
"""


async def load(folder: Path) -> None:
    """The visits of `rows`, and a site of as many paths as large ones have."""
    store = await DuckStore.open(Place(folder))
    await store.load([Queued("a", time.monotonic_ns(), batch(*rows()))])
    await store.append(MADE_UP, {"paths": PATHS, "visits": VISITS_OF_MANY})
    await store.settle(VISITS_OF_MANY)
    await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[str, Any]]:
    """A server with these visits, and the cookies of its signed-in owner."""
    with byleave(tmp_path_factory.mktemp("journeys"), rate_limit="off") as product:
        product.run("site", "add", "localhost", *CONTROLLER, "--timezone", "UTC", "--k", "1")
        product.run("site", "add", "shop.example", *CONTROLLER, "--timezone", "UTC")
        with ThreadPoolExecutor(1) as aside:  # the driver's event loop runs in this thread
            aside.submit(lambda: asyncio.run(load(product.data))).result()
        running = product.start("serve")
        yield running.url, owner_of(browser, product)


def focus(page: Page) -> str:
    """The address of the panel of the hostile node."""
    key = page.locator("g.node[data-node^='1:']").first.get_attribute("data-node")
    return f"{JOURNEYS}&focus={key}"


@pytest.mark.parametrize(("scheme", "width"), SIZES)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, server: tuple[str, Any], scheme: Any, width: int
) -> None:
    with as_owner(browser, server, color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{JOURNEYS}&open=2")
        for path in (f"{JOURNEYS}&open=2", focus(page), VISITS):
            page.goto(path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_by_keyboard_and_by_address(browser: Browser, server: tuple[str, Any]) -> None:
    with as_owner(browser, server, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(JOURNEYS)
        node = page.locator("g.node[data-node^='1:']").first
        node.locator("a.name").focus()
        expect(page.locator("#sankey")).to_have_class(re.compile("following"))
        expect(node).to_have_class(re.compile(r"\bon\b"))
        expect(node.locator(".part")).to_be_visible()
        assert page.locator(".ribbon.on").count() >= 2
        expect(page.locator("#sankey figcaption")).to_have_text(
            f"{HOSTILE} (Step 2): 12 visits, 100 % · median 20 s here"
        )
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#focus")).to_contain_text("median 20 s here")
        expect(page.locator("#focus .strips > li")).to_have_count(5)
        assert page.locator(".ribbon.chosen").count() >= 2
        page.go_back()
        expect(page.locator("#focus")).to_have_count(0)
        page.go_forward()
        expect(page.locator("#focus")).to_be_visible()
        page.locator("g.node[data-node^='1:'] a.name").first.press("Enter")
        expect(page).to_have_url(re.compile("anchor=start&step="))
        expect(page.locator("#denominator")).to_contain_text("12 visits")
        page.goto(JOURNEYS)
        page.locator("g.node[data-node='other:2'] a.name").press("Enter")
        expect(page.locator("#opened tbody tr")).to_have_count(7)


def test_everything_works_without_script(browser: Browser, server: tuple[str, Any]) -> None:
    with as_owner(browser, server, java_script_enabled=False, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(JOURNEYS)
        page.locator("g.node[data-node^='1:'] a.count").first.click()
        expect(page.locator("#focus")).to_contain_text("median 20 s here")
        page.locator("#focus").get_by_role("link", name="Follow them from here").click()
        expect(page).to_have_url(re.compile("anchor=start&step="))
        page.locator("select[name=steps]").select_option("2")
        page.locator("form.steps button").click()
        expect(page.locator("#columns section")).to_have_count(2)
        page.goto(VISITS)
        expect(page.locator("#strips .strips > li")).to_have_count(12)


def test_hostile_names_are_text(browser: Browser, server: tuple[str, Any]) -> None:
    """In labels, titles, tooltips, filters, suggestions and addresses; no dialog, no script, no way off the page."""
    with as_owner(browser, server, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        wrong: list[str] = []

        def dismissed(dialog: Dialog) -> None:
            wrong.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismissed)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(server[0]) else wrong.append(sent.url))
        page.goto(f"{JOURNEYS}&include=page&include=click&include=event")
        chosen = focus(page)
        found = f"f=is:page:{quote(quote(HOSTILE, safe=''))}"
        aimed = f"/sites/localhost/journeys?anchor=through&step={quote(HOSTILE)}&include=page,click,event"
        for path in (chosen, aimed, f"{chosen}&{found}", f"{VISITS}?{found}", f"{VISITS}?f=is:source:{quote(HOSTILE)}"):
            page.goto(path)
            for node in page.locator("g.node a.name").all():
                node.hover()
                expect(page.locator("#sankey figcaption")).to_contain_text("·")
            expect(page.locator("body")).to_contain_text("<script>alert(1)")
            assert page.locator("script:not([src]), main img, body > title").count() == 0
            assert page.locator("a[href^=javascript]").count() == 0
            assert page.url.startswith(server[0] + path.partition("?")[0])
        told = page.request.get(f"{JOURNEYS}&file=csv").text()
        assert "'=/</title>" in told and ',"=/' not in told
        assert wrong == []


CUT = """() => [...document.querySelectorAll('.columns th > a, .columns th > span')]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"""
NAMED = """() => [...document.querySelectorAll('g.node')].map(node => {
    const place = node.querySelector('.stop').getBoundingClientRect();
    const parts = [...node.querySelectorAll('.stop > :not(.part)')].map(one => one.getBoundingClientRect());
    return {
        column: node.dataset.node.replace(/^(other):(\\d+)$/, '$2:').split(':')[0],
        top: parts[0].top, bottom: parts[0].bottom,
        left: parts[0].left, right: parts.at(-1).right, end: place.right, names: parts[0].right, counts: parts[1].left,
        seen: parts[0].width, label: node.querySelector('a.name').getAttribute('aria-label'),
    };
})"""


def test_forty_thousand_paths_stay_readable(browser: Browser, server: tuple[str, Any]) -> None:
    """No name overlaps another or leaves its column, at any width; on a phone all is one list, with nothing cut."""
    with as_owner(browser, server) as context:
        page = context.new_page()
        page.goto(MANY)
        expect(page.locator("#denominator")).to_have_text(f"{VISITS_OF_MANY:,} visits, repeats collapsed")
        expect(page.locator("g.node[data-node='other:0'] .name")).to_have_text(
            re.compile(r"other \((39,9\d\d|40,000)\)")
        )
        for state, width in (("", 1440), ("?steps=7&top=30", 1100), ("?top=30", 780), ("", 2560)):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(MANY + state)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
            named = page.evaluate(NAMED)
            assert len(named) > 20 and page.evaluate("document.querySelectorAll('.columns').length") == 1
            for one in named:
                assert one["right"] <= one["end"] + 1 and one["names"] <= one["counts"], (width, one)
                assert one["seen"] >= 20 or one["label"].startswith("/:"), (width, one)
            for upper, lower in itertools.pairwise(named):
                assert upper["column"] != lower["column"] or upper["bottom"] <= lower["top"] + 1, (width, upper, lower)
            assert any("-with-a-rather-long-name-" in one["label"] for one in named)
        for scheme, width in (("light", 320), ("dark", 390)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(MANY)
            expect(page.locator("#sankey")).to_be_hidden()
            expect(page.locator("#columns section")).to_have_count(5)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(CUT) == []
            assert violations(page) == []


def test_other_opens_to_its_end_and_many_paths_are_put_together(browser: Browser, server: tuple[str, Any]) -> None:
    with as_owner(browser, server, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(MANY)
        page.locator("g.node[data-node='other:1'] a.name").click()
        rows = page.locator("#opened tbody th")
        expect(rows).to_have_count(100)
        first = set(rows.all_inner_texts())
        page.locator("#opened").get_by_role("link", name="Later rows").click()
        expect(page).to_have_url(re.compile("after=100"))
        expect(page.locator("#opened a[rel=prev]")).to_be_visible()
        assert not first & set(rows.all_inner_texts())
        page.locator("#many a").click()
        expect(page).to_have_url(re.compile("group=folder"))
        expect(page.locator("g.node[data-node^='0:']")).to_have_count(4)
        expect(page.locator("#many")).to_have_count(0)
        expect(page.locator("#opened")).to_have_count(0)
