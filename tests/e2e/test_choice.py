"""What becomes of a choice when storage, network, clock, other tabs or the browser itself get in its way."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.e2e.chromium import NOTHING, chromium, sent, stored
from tests.e2e.conftest import Product

KEY = "byleave:localhost"
SENT_MS = 800  # twice as long as a batch waits before it is sent


def asked(page: Page) -> None:
    expect(page.get_by_role("dialog")).to_be_visible()


def say(page: Page, answer: str) -> None:
    page.get_by_role("button", name=answer, exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def status(page: Page) -> Any:
    return page.evaluate("byleave.consent.status()")


def test_a_part_of_the_purposes_is_given_more_added_and_one_taken_back(
    visitor: BrowserContext, shared: Product
) -> None:
    page = opened(visitor, shared.website)
    bodies: list[Any] = []
    visitor.on("request", lambda r: bodies.append(json.loads(r.post_data or "")) if "/c/consent" in r.url else None)
    page.get_by_role("button", name="Choose").click()
    say(page, "Yes to this choice")
    assert status(page)["purposes"] == ["measure"]
    for wanted in (["measure", "returning"], ["measure"]):
        page.locator("[data-byleave-choices]").click()
        box = page.get_by_role("checkbox", name="when you come back")
        expect(box).to_be_checked(checked="returning" not in wanted)
        box.click()
        say(page, "Yes to this choice")
        assert status(page)["purposes"] == wanted
    assert [body["purposes"] for body in bodies] == [["measure"], ["measure", "returning"], ["measure"]]
    assert [bool(body["prior"]) for body in bodies] == [False, True, True]


def test_stopped_and_erased_then_yes_again_on_the_same_page(visitor: BrowserContext, shared: Product) -> None:
    page = opened(visitor, shared.website)
    say(page, "Yes to all")
    found = sent(visitor)
    page.wait_for_timeout(SENT_MS)
    page.locator("[data-byleave-choices]").click()
    say(page, "Stop and erase")
    expect(page.get_by_text("Nothing is counted")).to_be_visible()
    page.evaluate("byleave.track('between')")
    page.locator("[data-byleave-choices]").click()  # while the answer still shows
    expect(page.locator("byleave-ask")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_contain_text("You said no")
    say(page, "Yes to all")
    page.wait_for_timeout(SENT_MS)
    page.evaluate("byleave.track('after')")
    page.wait_for_timeout(SENT_MS)
    assert [event.get("x", event["k"]) for event in found] == ["pageview", "pageview", "after"]


def test_an_answer_in_one_tab_ends_the_ask_in_the_other(visitor: BrowserContext, shared: Product) -> None:
    one, two = opened(visitor, shared.website), opened(visitor, f"{shared.website}/about/")
    asked(one)
    asked(two)
    found = sent(visitor)
    say(two, "Yes to all")
    expect(one.get_by_role("dialog")).to_have_count(0)
    two.wait_for_timeout(SENT_MS)
    assert sorted(event["p"] for event in found) == ["/", "/about/"]
    one.evaluate("byleave.consent.withdraw()")
    two.wait_for_function("() => byleave.consent.status().state == 'no'")
    two.evaluate("byleave.track('late')")
    two.wait_for_timeout(SENT_MS)
    assert len(found) == 2


def test_a_private_window_forgets(visitor: BrowserContext, shared: Product) -> None:
    page = opened(visitor, shared.website)
    asked(page)
    say(page, "No")
    browser = visitor.browser
    assert browser
    with browser.new_context() as later:
        asked(opened(later, shared.website))


def test_where_storage_is_denied_a_yes_lasts_for_its_page(driver: Playwright, shared: Product, tmp_path: Path) -> None:
    folder = tmp_path / "profile" / "Default"
    folder.mkdir(parents=True)
    denied = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (folder / "Preferences").write_text(json.dumps(denied))
    with chromium(driver, tmp_path) as context:
        found = sent(context)
        page = opened(context, shared.website)
        assert page.evaluate("() => { try { return !localStorage; } catch { return 'denied'; } }") == "denied"
        asked(page)
        say(page, "Yes to all")
        page.wait_for_timeout(SENT_MS)
        assert [event["k"] for event in found] == ["pageview"]
        page.get_by_role("link", name="Our bread").first.click()
        asked(page)  # nothing was kept, so nothing is known
        say(page, "No")
        page.evaluate("byleave.track('never')")
        page.wait_for_timeout(SENT_MS)
        assert "event" not in {event["k"] for event in found}


FILL = """() => { for (let size = 2 ** 22; size; size >>= 1)
  try { for (let i = 0; i < 9; i++) localStorage['full' + size + i] = 'x'.repeat(size); } catch {} }"""


@pytest.mark.parametrize("answer", ["Stop and erase", "refuse()"])
def test_where_storage_is_full_a_yes_of_before_can_be_ended_for_good(
    visitor: BrowserContext, shared: Product, answer: str
) -> None:
    page = opened(visitor, shared.website)
    say(page, "Yes to all")
    page.wait_for_timeout(SENT_MS)
    page.evaluate(FILL)
    page.reload()
    if answer == "refuse()":
        page.evaluate("byleave.consent.refuse()")
    else:
        page.locator("[data-byleave-choices]").click()
        say(page, answer)
    page.goto(f"{shared.website}/about/")
    found = sent(visitor)
    page.evaluate("byleave.track('late')")
    page.wait_for_timeout(SENT_MS)
    assert status(page)["state"] != "yes"
    assert found == []


def test_where_storage_is_full_a_yes_lasts_for_its_page(visitor: BrowserContext, shared: Product) -> None:
    page = opened(visitor, shared.website)
    found = sent(visitor)
    page.evaluate(FILL)
    say(page, "Yes to all")
    page.evaluate("byleave.track('counted')")
    page.wait_for_timeout(SENT_MS)
    assert [event.get("x", event["k"]) for event in found] == ["pageview", "counted"]
    page.reload()
    asked(page)


def test_after_storage_was_wiped_nothing_is_sent_and_the_next_page_asks(
    visitor: BrowserContext, shared: Product
) -> None:
    page = opened(visitor, shared.website)
    say(page, "Yes to all")
    page.wait_for_timeout(SENT_MS)
    found = sent(visitor)
    page.evaluate("localStorage.clear()")
    page.evaluate("byleave.track('late')")
    page.get_by_role("link", name="Our bread").first.click()
    asked(page)
    assert found == []


def test_a_yes_that_expired_is_asked_for_again_and_linked(visitor: BrowserContext, shared: Product) -> None:
    page = opened(visitor, shared.website)
    say(page, "Yes to all")
    kept = json.loads(stored(page)["local"][KEY])
    kept["expires"] = "2026-01-01T00:00:00Z"
    page.evaluate("([key, text]) => { localStorage[key] = text; }", [KEY, json.dumps(kept)])
    found = sent(visitor)
    page.evaluate("byleave.track('late')")
    page.reload()
    asked(page)
    assert found == []
    assert json.loads(stored(page)["local"][KEY]) == {"access_key": kept["access_key"]}
    with page.expect_request("**/c/consent") as request:
        say(page, "Yes to all")
    assert json.loads(request.value.post_data or "")["prior"] == kept["access_key"]


SIGNAL = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true })"


def test_a_signal_that_appears_later_pauses_a_yes_and_refuses_a_new_one(
    visitor: BrowserContext, shared: Product
) -> None:
    page = opened(visitor, shared.website)
    asked(page)
    page.evaluate(SIGNAL)
    page.get_by_role("button", name="Yes to all").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    assert stored(page) == NOTHING
    page.reload()  # without it
    say(page, "Yes to all")
    page.wait_for_timeout(SENT_MS)
    found = sent(visitor)
    page.evaluate(SIGNAL)
    page.evaluate("byleave.track('paused')")
    page.get_by_role("link", name="Our bread").first.click()
    page.wait_for_url("**/bread/")
    page.wait_for_timeout(SENT_MS)
    assert [event["p"] for event in found if event["k"] != "pageview"] == []
    assert [event["p"] for event in found] == ["/bread/"]  # where there is none again


@pytest.mark.parametrize("part", ["banner", "measure"])
def test_a_blocker_that_lets_only_the_tag_through_breaks_nothing(
    visitor: BrowserContext, shared: Product, part: str
) -> None:
    manifest = json.loads((Path(__file__).parents[2] / "collector/static/manifest.json").read_text())
    visitor.route(re.compile(rf"/c/t/{manifest[part]['sha256'][:8]}"), lambda route: route.abort())
    thrown: list[str] = []
    visitor.on("weberror", lambda error: thrown.append(str(error.error)))
    found = sent(visitor)
    page = opened(visitor, shared.website)
    if part == "banner":
        page.locator("[data-byleave-choices]").click()
        page.wait_for_url("**/privacy/")  # where the link leads
        refused = page.evaluate("byleave.consent.grant(['measure']).catch((error) => error.message)")
        assert re.search("did not load|Failed to fetch", refused)
        assert stored(page) == NOTHING
    else:
        say(page, "Yes to all")
        page.evaluate("byleave.track('early')")
        page.evaluate("byleave.consent.withdraw()")
        assert stored(page)["local"][KEY].startswith("no.")
    page.get_by_role("link", name="Our bread").first.click()
    page.wait_for_url("**/bread/")
    assert found == []
    assert thrown == []


def test_a_page_without_https_is_not_asked_on(visitor: BrowserContext, shared: Product) -> None:
    said: list[str] = []
    visitor.on("console", lambda message: said.append(message.text) if "Byleave" in message.text else None)
    page = opened(visitor, shared.website.replace("localhost", "plain.example"))
    assert page.evaluate("isSecureContext") is False
    page.wait_for_timeout(SENT_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(said) == 1
    assert "serve it over HTTPS" in said[0]
    assert page.evaluate("localStorage.length") == 0
