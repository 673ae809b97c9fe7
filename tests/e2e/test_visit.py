"""One consented visit, end to end, and every way to say no: a real browser, two origins, the product's own numbers."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.e2e.chromium import NOTHING, chromium, requested, stored
from tests.e2e.conftest import Product

QUIET_S = 2.5  # longer than a batch waits before it is sent


def ask(page: Page) -> None:
    """The banner is there and asks."""
    expect(page.get_by_role("dialog")).to_be_visible()


def say(page: Page, answer: str) -> None:
    page.get_by_role("button", name=answer, exact=True).click()


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def test_before_yes_only_tag_banner_and_texts_are_fetched_and_nothing_is_stored(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path) as context:
        page = opened(context, product.website)
        ask(page)
        page.get_by_role("link", name="Our bread").first.click()
        ask(page)
        page.evaluate("byleave.track('early')")
        time.sleep(QUIET_S)
        assert stored(page) == NOTHING
        assert context.cookies() == []
    kinds = set(map(fetched, requested(tmp_path, product.server.url)))
    assert kinds == {"the tag", "a part of it", "the texts"}
    assert product.totals() == {"visits": 0, "pageviews": 0, "clicks": 0}


def fetched(request: str) -> str:
    """What a request is, in the words of the contract."""
    patterns = {
        r"GET /c/tag\.js": "the tag",
        r"GET /c/t/[0-9a-f]{8,64}\.js": "a part of it",
        r"GET /c/site/localhost\.json": "the texts",
    }
    return next((name for pattern, name in patterns.items() if re.fullmatch(pattern, request)), request)


def test_yes_then_a_pageview_and_three_clicks_reach_the_dashboard_within_two_seconds(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path) as context:
        owner = opened(context, product.welcome)
        owner.get_by_label(re.compile("mail", re.I)).fill("owner@bakery.example")
        owner.get_by_label(re.compile("password", re.I)).first.fill("a long enough password")
        owner.get_by_role("button").first.click()
        expect(owner).not_to_have_url(re.compile("welcome"))
        page = opened(context, f"{product.website}/about/")
        ask(page)
        say(page, "Yes to all")
        product.until_totals(visits=1, pageviews=1, clicks=0)
        clicks(page)
        assert product.until_totals(visits=1, pageviews=2, clicks=3) < 2
        assert_journey(product)
        assert_owner_sees(owner, product)
        assert set(stored(page)["local"]) <= {"byleave:localhost", "byleave:localhost.visit"}
        assert [cookie for cookie in context.cookies() if cookie["httpOnly"] is False] == []


def clicks(page: Page) -> None:
    """A link to another page, a download there, and the button that the owner named."""
    page.get_by_role("link", name="Our bread").first.click()
    page.wait_for_url("**/bread/")
    with page.expect_download():
        page.locator("a[href$='.pdf']").click()
    page.locator("button[data-byleave]").click()


def assert_journey(product: Product) -> None:
    answer = product.api("journeys", steps=5, top=8, group="path", include=["page", "click"])
    labels = [[node["label"] for node in column["nodes"]] for column in answer["columns"]]
    assert answer["matched"] == answer["visits"] == 1
    assert labels[0] == ["/about/"]
    assert ["/bread/"] in labels
    for column in answer["columns"]:
        assert sum(n["visits"] for n in column["nodes"]) + column["other"]["visits"] + column["left"] == 1


def assert_owner_sees(owner: Page, product: Product) -> None:
    owner.goto(f"{product.server.url}/")
    main = owner.get_by_role("main")
    expect(main).to_contain_text("/bread/")
    expect(main).to_contain_text("Unknown place")  # a visit from loopback pretends no place
    owner.get_by_role("link", name="Journeys").first.click()
    expect(owner.get_by_role("main")).to_contain_text("/about/")
    expect(owner.get_by_role("main")).to_contain_text("/bread/")


def test_no_means_no_request_at_all(playwright: Playwright, product: Product, tmp_path: Path) -> None:
    first, later = tmp_path / "first", tmp_path / "later"
    with chromium(playwright, first) as context:
        page = opened(context, product.website)
        ask(page)
        say(page, "No")
        page.locator("a[href='/about/']").first.click()
        page.wait_for_url("**/about/")
        time.sleep(QUIET_S)
        kept = stored(page)
        assert kept == {**NOTHING, "local": {"byleave:localhost": f"no.{time.strftime('%Y-%m', time.gmtime())}"}}
        expect(page.get_by_role("dialog")).to_have_count(0)
    (first / "profile").rename(later.with_name("moved"))
    later.mkdir()
    later.with_name("moved").rename(later / "profile")
    with chromium(playwright, later) as context:  # the same visitor another day
        page = opened(context, product.website)
        page.locator("a[href='/about/']").first.click()
        time.sleep(QUIET_S)
        assert stored(page) == kept
    asked = [fetched(request) for request in requested(first, product.server.url)]
    assert sorted(set(asked)) == ["a part of it", "the tag", "the texts"]
    assert asked.count("the texts") == 1
    assert set(map(fetched, requested(later, product.server.url))) <= {"the tag"}
    assert product.totals() == {"visits": 0, "pageviews": 0, "clicks": 0}


@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_closing_is_a_no(playwright: Playwright, product: Product, tmp_path: Path, way: str) -> None:
    with chromium(playwright, tmp_path) as context:
        page = opened(context, product.website)
        ask(page)
        if way == "Escape":
            page.get_by_role("dialog").press("Escape")
        else:
            page.evaluate("byleave.consent.refuse()")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert stored(page)["local"]["byleave:localhost"].startswith("no.")
    assert {fetched(r) for r in requested(tmp_path, product.server.url)} == {"the tag", "a part of it", "the texts"}


def test_withdrawal_in_one_tab_stops_the_other_and_removes_the_visit(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path) as context:
        one = opened(context, product.website)
        ask(one)
        say(one, "Yes to all")
        product.until_totals(visits=1, pageviews=1, clicks=0)
        two = opened(context, f"{product.website}/about/")
        product.until_totals(visits=1, pageviews=2, clicks=0)
        one.get_by_role("link", name="Privacy choices").click()
        ask(one)
        say(one, "Stop and erase")
        product.until_totals(visits=0, pageviews=0, clicks=0)
        sent: list[str] = []
        context.on("request", lambda request: sent.append(request.url) if "/c/events" in request.url else None)
        two.bring_to_front()
        two.get_by_role("link", name="Our bread").first.click()
        two.wait_for_url("**/bread/")
        two.evaluate("byleave.track('late')")
        time.sleep(QUIET_S)
        assert sent == []
        assert product.totals() == {"visits": 0, "pageviews": 0, "clicks": 0}
        kept = stored(two)["local"]["byleave:localhost"]
        assert "c1." not in kept  # the token is gone


@pytest.mark.parametrize("signal", ["gpc", "dnt"])
def test_under_a_signal_nobody_is_asked_and_nothing_is_stored(
    playwright: Playwright, product: Product, tmp_path: Path, signal: str
) -> None:
    with chromium(playwright, tmp_path, gpc=signal == "gpc", dnt=signal == "dnt") as context:
        page = opened(context, product.website)
        told = "navigator.globalPrivacyControl === true" if signal == "gpc" else "navigator.doNotTrack === '1'"
        assert page.evaluate(told)
        page.locator("a[href='/about/']").first.click()
        page.wait_for_url("**/about/")
        page.evaluate("byleave.track('never')")
        time.sleep(QUIET_S)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert stored(page) == NOTHING
    assert set(map(fetched, requested(tmp_path, product.server.url))) == {"the tag"}
    assert product.totals() == {"visits": 0, "pageviews": 0, "clicks": 0}


def test_withdrawal_works_under_gpc(playwright: Playwright, product: Product, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    with chromium(playwright, before) as context:
        page = opened(context, product.website)
        ask(page)
        say(page, "Yes to all")
        product.until_totals(visits=1, pageviews=1, clicks=0)
    after.mkdir()
    (before / "profile").rename(after / "profile")
    with chromium(playwright, after, gpc=True) as context:  # the signal was switched on since
        page = opened(context, product.website)
        time.sleep(QUIET_S)
        assert product.totals() == {"visits": 1, "pageviews": 1, "clicks": 0}  # paused
        page.evaluate("byleave.consent.withdraw()")
        product.until_totals(visits=0, pageviews=0, clicks=0)
    sent = requested(after, product.server.url)
    assert [request for request in sent if "/c/events" in request] == []
    assert "POST /c/withdraw" in sent
