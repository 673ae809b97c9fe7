"""What people do on a page and how it is told: every kind of click, long reads, pauses, and a collector that fails."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.e2e import website as own
from tests.e2e.chromium import sent
from tests.e2e.conftest import Product

SENT_MS = 1300  # a route is seen within 500, and a batch waits 400
ACTIONS = """
<script>addEventListener("click", (event) => event.composedPath().some((one) => one.href) && event.preventDefault());
addEventListener("submit", (event) => event.preventDefault());</script>
<p><a id="next" href="/next?secret=1#there"><b>Next</b></a>
<a id="out" href="https://other.example/page?secret=1">Out</a>
<a id="file" href="/files/list.pdf?secret=1">List</a>
<a id="kept" href="/files/list" download>List again</a>
<a id="mail" href="mailto:someone@example.org">Mail</a>
<button id="buy">Secret words</button>
<button class="mute">Secret words</button>
<span data-byleave="Open the menu"><i id="deep">Menu</i></span>
<form id="signup"><input name="id" value="secret"><input name="email" value="someone@example.org">
<button>Go</button></form>
<span data-byleave-event="order" data-byleave-prop-plan="pro"><u id="order">Order</u></span>
<svg width="40" height="20"><a href="/drawn"><rect id="drawn" width="40" height="20"/></a></svg></p>
<p id="host"></p>
<script>host.attachShadow({ mode: "open" }).innerHTML = '<a id="inner" href="/shadow"><b>Shadow</b></a>';</script>"""
TALL = '<p style="height: 4000px">Tall</p>'


@pytest.fixture(scope="module")
def place(shared: Product) -> Iterator[str]:
    tag = f'<script defer src="{shared.server.url}/c/tag.js" data-site="localhost"></script>'
    pages = {
        path: own.Page(tag + more) for path, more in (("/", ""), ("/acts", ACTIONS), ("/short", ""), ("/tall", TALL))
    }
    with own.website(pages) as address:
        yield address


def said_yes(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/")
    page.get_by_role("button", name="Yes to all", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_timeout(SENT_MS)
    return page


def under_a_clock(context: BrowserContext, address: str, path: str) -> tuple[Page, list[Any]]:
    """A page of somebody who said yes before, on which time stands still until the test lets it pass."""
    said_yes(context, address).close()
    found = sent(context)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}{path}")
    page.wait_for_timeout(SENT_MS)
    assert [event["k"] for event in found] == ["pageview"]
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    hide(page)
    hide(page, False)
    found.clear()
    return page, found


def pass_time(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))
    page.wait_for_timeout(100)


def told(request: Request, name: str) -> list[str]:
    """A value of the batch that a request carries, if it carries one."""
    return [json.loads(request.post_data or "")[name]] if "/c/events" in request.url else []


HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}"""


def hide(page: Page, hidden: bool = True) -> None:
    """Another tab is in front, or this one again: a headless browser keeps every page visible."""
    page.evaluate(HIDE, hidden)
    page.wait_for_timeout(100)


def track(page: Page, script: str = "byleave.track('kept')") -> None:
    """An event of the page's own, once the part that tells it is loaded."""
    page.evaluate(script)
    page.wait_for_timeout(300)


def leaves(found: list[Any]) -> list[tuple[int, int]]:
    return [(event["d"], event["s"]) for event in found if event["k"] == "leave"]


def test_each_action_is_told_by_its_name_or_address_and_never_by_its_text(visitor: BrowserContext, place: str) -> None:
    page = said_yes(visitor, place)
    page.goto(f"{place}/acts")
    page.wait_for_timeout(SENT_MS)
    found = sent(visitor)
    for name in ("next", "out", "file", "kept", "mail", "buy", "deep", "order", "drawn", "inner"):
        page.locator(f"#{name}").click()
    page.locator(".mute").click()
    page.locator("form button").click()
    page.locator("#next").click(button="middle")
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(SENT_MS)
    assert sorted((e["k"], e["x"], e.get("y", "")) for e in found if e["k"] != "leave") == sorted(
        [
            ("click", "/next", "link"),
            ("click", "/next", "link"),
            ("click", "/next", "link"),
            ("click", "https://other.example/page", "outbound"),
            ("click", "/files/list.pdf", "download"),
            ("click", "/files/list", "download"),
            ("click", "buy", "button"),
            ("click", "mail", "button"),  # by its id: the address is somebody's
            ("click", "Open the menu", "button"),
            ("click", "/drawn", "link"),
            ("click", "/shadow", "link"),
            ("click", "signup", "form"),
            ("event", "order", ""),
        ]
    )
    assert [event["m"] for event in found if event["k"] == "event"] == [{"plan": "pro"}]
    assert "secret" not in str(found).lower()
    assert "someone" not in str(found)


def test_a_read_of_six_minutes_counts_as_six_minutes_and_no_pause_does(visitor: BrowserContext, place: str) -> None:
    page, found = under_a_clock(visitor, place, "/short")
    pass_time(page, 360)
    hide(page)
    assert [(358 <= seconds <= 362, scroll) for seconds, scroll in leaves(found)] == [(True, 100)]
    pass_time(page, 600)  # in the background
    hide(page, False)
    pass_time(page, 20)
    hide(page)
    hide(page)
    assert [19 <= seconds <= 21 for seconds, _ in leaves(found)[1:]] == [True]


def test_the_deepest_scroll_is_of_the_page_as_it_was_at_the_end(visitor: BrowserContext, place: str) -> None:
    page, found = under_a_clock(visitor, place, "/tall")
    page.evaluate("scrollTo(0, (document.documentElement.scrollHeight - innerHeight) / 2)")
    pass_time(page, 2)
    page.evaluate("scrollTo(0, 0)")
    pass_time(page, 2)
    hide(page)
    (half,) = leaves(found)
    assert 50 <= half[1] <= 65
    hide(page, False)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    pass_time(page, 2)
    page.evaluate("document.querySelector('p').style.height = '40000px'")  # more is loaded at the end
    pass_time(page, 2)
    hide(page)
    assert 5 <= leaves(found)[1][1] <= 15


def test_half_an_hour_of_quiet_ends_a_visit_for_all_tabs(visitor: BrowserContext, place: str) -> None:
    visits: list[str] = []
    visitor.on("request", lambda request: visits.extend(told(request, "v")))
    page, _ = under_a_clock(visitor, place, "/acts")
    other = visitor.new_page()
    other.goto(f"{place}/short")
    pass_time(other, 2)
    assert len(visits) >= 3
    assert len(set(visits)) == 1
    pass_time(page, 29 * 60)
    page.locator("#buy").click()
    pass_time(page, 2)
    assert len(set(visits)) == 1
    pass_time(page, 31 * 60)
    page.locator("#buy").click()
    pass_time(page, 2)
    assert len(set(visits)) == 2
    track(other)
    pass_time(page, 2)
    assert len(set(visits)) == 2  # the other tab's new one


def test_fifty_events_go_at_once_and_more_in_a_batch_of_their_own(visitor: BrowserContext, place: str) -> None:
    page, found = under_a_clock(visitor, place, "/short")
    track(
        page, "for (let i = 0; i < 60; i++) byleave.track(`step ${i}`)"
    )  # the clock stands still: nothing is sent for having waited
    assert len(found) == 50
    pass_time(page, 1)
    assert [event["x"] for event in found] == [f"step {number}" for number in range(60)]


@pytest.mark.parametrize("fault", ["429", "503", "offline"])
def test_what_cannot_be_taken_now_is_sent_again_until_it_is(visitor: BrowserContext, place: str, fault: str) -> None:
    page, _ = under_a_clock(visitor, place, "/short")
    tries: list[str] = []
    down = True

    def answer(route: Route) -> None:
        tries.extend(told(route.request, "n"))
        if not down:
            route.fulfill(status=202)
        elif fault == "offline":
            route.abort()
        else:
            headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
            route.fulfill(status=int(fault), headers={**headers, "Retry-After": "20"})

    visitor.route("**/c/events", answer)
    track(page)
    pass_time(page, 1)
    first = len(tries)
    assert first
    if fault != "offline":
        pass_time(page, 18)  # it was told to wait 20 seconds
        assert len(tries) == first
    pass_time(page, 300)
    assert len(tries) > first
    down = False
    pass_time(page, 600)
    count = len(tries)
    pass_time(page, 3000)
    assert len(tries) == count
    assert len(set(tries)) == 1


def test_what_waits_for_another_try_is_never_sent_after_a_withdrawal(visitor: BrowserContext, place: str) -> None:
    page, _ = under_a_clock(visitor, place, "/short")
    tries: list[str] = []

    def refuse(route: Route) -> None:
        tries.append(route.request.url)
        route.fulfill(status=503)

    visitor.route("**/c/events", refuse)
    track(page)
    pass_time(page, 1)
    assert tries
    page.evaluate("byleave.consent.withdraw()")
    count = len(tries)
    pass_time(page, 3600)
    assert len(tries) == count
