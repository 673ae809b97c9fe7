"""Where in a page, and in how many, a visitor is: another base address, frames, an image map, another window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import website as own
from tests.e2e.chromium import sent
from tests.e2e.conftest import Product

SENT_MS = 1300  # a route is seen within 500, and a batch waits 400
TAG = '<script defer src="{collector}/c/tag.js" data-site="localhost"{more}></script>'
CONTENT = """
<a id="near" href="near?secret=1">Near</a>
<img usemap="#map" width="60" height="60" alt="" style="display: block; background: #ccc"
  src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">
<map name="map"><area shape="rect" coords="0,0,60,60" href="/mapped" alt="Mapped"></map>
<script>addEventListener("click", (event) => event.preventDefault());</script>"""


@pytest.fixture(scope="module")
def place(shared: Product) -> Iterator[str]:
    """A site whose pages differ in their tag, their base and their frames."""
    tag, frames = (TAG.format(collector=shared.server.url, more=more) for more in ("", " data-frames"))
    pages = {
        "/": own.Page(tag),
        "/based/page": own.Page(f'<base href="/elsewhere/">{tag}{CONTENT}'),
        "/away/page": own.Page(f'<base href="https://other.example/elsewhere/">{tag}{CONTENT}'),
        "/outer": own.Page(f'{tag}<iframe src="/inner"></iframe><iframe src="/counted"></iframe>'),
        "/inner": own.Page(f"{tag}{CONTENT}"),
        "/counted": own.Page(f"{frames}{CONTENT}"),
    }
    with own.website(pages) as address:
        yield address


def opened(context: BrowserContext, address: str) -> Page:
    """The page of somebody who said yes on the start page."""
    page = context.new_page()
    page.goto(f"{address}/")
    page.get_by_role("button", name="Yes to all", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_timeout(SENT_MS)
    return page


def told(events: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """Pageviews with their paths, clicks with their targets; what page is left is no matter here."""
    return [(e["k"], e["p"], *([e["x"], e["y"]] if "x" in e else [])) for e in events if e["k"] != "leave"]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/based/page", ("/elsewhere/near", "link")),
        ("/away/page", ("https://other.example/elsewhere/near", "outbound")),
    ],
)
def test_links_count_from_the_base_and_the_page_by_its_own_address(
    visitor: BrowserContext, place: str, path: str, near: tuple[str, str]
) -> None:
    page = opened(visitor, place)
    found = sent(visitor)
    page.goto(f"{place}{path}")
    page.locator("#near").click()
    page.locator("img").click(position={"x": 30, "y": 30})
    page.wait_for_timeout(SENT_MS)
    mapped = ("/mapped", "link") if path.startswith("/based") else ("https://other.example/mapped", "outbound")
    assert told(found) == [("pageview", path), ("click", path, *near), ("click", path, *mapped)]


def test_a_frame_counts_only_where_its_tag_says_so_and_nothing_twice(visitor: BrowserContext, place: str) -> None:
    page = opened(visitor, place)
    found = sent(visitor)
    page.goto(f"{place}/outer")
    page.wait_for_timeout(SENT_MS)
    for path in ("/inner", "/counted"):
        frame = page.frame(url=f"{place}{path}")
        assert frame
        frame.locator("img").click(position={"x": 30, "y": 30})
        frame.evaluate("(path) => history.pushState({}, '', path)", f"{path}/route")
    page.evaluate("history.pushState({}, '', '/next')")
    page.wait_for_timeout(SENT_MS)
    assert sorted(told(found)) == [
        ("click", "/counted", "/mapped", "link"),
        ("pageview", "/counted"),
        ("pageview", "/counted/route"),
        ("pageview", "/next"),
        ("pageview", "/outer"),
    ]


def test_a_page_of_somebody_else_that_frames_the_site_gets_nothing_from_it(visitor: BrowserContext, place: str) -> None:
    opened(visitor, place).close()
    found = sent(visitor)
    with own.website({"/": own.Page(f'<iframe src="{place}/based/page"></iframe>')}, "127.0.0.1") as other:
        page = visitor.new_page()
        page.goto(other)
        framed = page.frame(url=f"{place}/based/page")
        assert framed
        framed.locator("#near").click()
        page.wait_for_timeout(SENT_MS)
        assert framed.evaluate("typeof byleave") == "undefined"
        assert framed.locator("byleave-ask").count() == 0
    assert found == []


def test_seconds_count_only_while_the_window_has_the_focus(visitor: BrowserContext, place: str) -> None:
    page = opened(visitor, place)
    page.goto(f"{place}/inner")
    visitor.new_cdp_session(page).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    found = sent(visitor)
    page.bring_to_front()
    page.wait_for_timeout(1200)
    assert page.evaluate("[document.hidden, document.hasFocus()]") == [False, True]
    visitor.new_page().bring_to_front()
    page.wait_for_timeout(2500)
    assert page.evaluate("[document.hidden, document.hasFocus()]") == [False, False]  # beside the other, in view
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    page.wait_for_timeout(SENT_MS)
    assert [1 <= event["d"] <= 2 for event in found if event["k"] == "leave"] == [True]
