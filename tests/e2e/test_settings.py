"""What visitors are told, changed by keyboard and by mouse; and a lost password, replaced by the link of a mail."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from collector.consent.notice import Draft
from collector.state.accounts import create_account
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import PASSWORD, add_site
from tests.dashboard.post import Post, listening
from tests.e2e.housed import Housed, served, signed_in
from tests.e2e.test_axe import violations
from tests.processes import free_port

DRAFT, FORGETFUL, NEW = "draft.example", "forgetful@example.com", "quite another password"
MAIL_S = 5


@pytest.fixture(scope="module")
def mail() -> int:
    """The port of the mail server that the house is told of."""
    return free_port()


@pytest.fixture(scope="module")
def housed(tmp_path_factory: pytest.TempPathFactory, mail: int) -> Iterator[Housed]:
    url = f"smtp://127.0.0.1:{mail}/?from=byleave@example.net"
    with served(tmp_path_factory.mktemp("settings"), 5, smtp_url=url) as found:

        async def people() -> None:
            async with found.house.state.write() as connection:
                await add_site(connection, DRAFT, Draft())
                await create_account(connection, FORGETFUL, PASSWORD, "viewer", int(time.time()), [SITE])
            await found.house.follower.refresh()

        found.do(people())
        yield found


@pytest.fixture(scope="module")
def post(housed: Housed, mail: int) -> Iterator[Post]:
    server = listening(mail)
    yield housed.do(server.__aenter__())[0]
    housed.do(server.__aexit__(None, None, None))


def window(browser: Browser, housed: Housed, state: Any = None) -> BrowserContext:
    context = browser.new_context(base_url=housed.url, locale="en-GB", storage_state=state)
    context.set_default_timeout(10_000)
    return context


@pytest.fixture(scope="module")
def owner(browser: Browser, housed: Housed) -> Any:
    return signed_in(browser, housed.url)


@pytest.fixture
def page(browser: Browser, housed: Housed, owner: Any) -> Iterator[Page]:
    """An owner's."""
    with window(browser, housed, owner) as context:
        yield context.new_page()


def test_a_draft_becomes_a_notice_by_keyboard(page: Page, housed: Housed) -> None:
    page.goto(f"/sites/{DRAFT}/settings")
    expect(page.locator("main")).to_contain_text("Without these two the notice is a draft")
    page.get_by_label("Controller").focus()
    page.keyboard.type("Example Ltd")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The new notice is published.")
    assert housed.house.follower.current[DRAFT].draft, "nobody can be written to"
    page.get_by_label("Contact").focus()
    page.keyboard.type("privacy@example.com")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Months that a row is kept")).to_be_focused()
    page.keyboard.type("0")  # over what was there, which Tab selected
    page.keyboard.press("Enter")
    assert page.get_by_label("Months that a row is kept").evaluate("one => one.validity.rangeUnderflow")
    assert housed.house.follower.current[DRAFT].draft, "the browser itself refused"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The new notice is published.")
    expect(page.locator("main")).not_to_contain_text("the notice is a draft")
    notice = housed.house.follower.current[DRAFT]
    assert (notice.draft, notice.body["controller"], notice.body["retention_months"]) == (False, "Example Ltd", 13)


def test_a_notice_shows_what_it_changes_before_it_is_published(page: Page, housed: Housed) -> None:
    settings, months = f"/sites/{SITE}/settings", page.get_by_label("Months that a row is kept")
    before = housed.house.follower.current[SITE]
    page.goto(settings)
    months.fill("36")
    page.get_by_label("Single visits in reports").select_option(label="not shown: no page Visits, and none in the API")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("main")).to_contain_text("After this change every visitor is asked again")
    changes = page.locator("main li:visible")
    expect(changes.first).to_have_text("months a row is kept: 25 → 36 (asked again)")
    expect(changes.last).to_have_text("single visits in reports: shown → not shown")
    page.get_by_text("In the words that visitors read").click()
    banner = page.locator("li").filter(has_text="English, the banner")
    expect(banner.locator("ins[lang=en]")).to_contain_text("36 months")
    page.set_viewport_size({"width": 320, "height": 900})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Back to the settings").click()
    expect(months).to_have_value("25")
    assert housed.house.follower.current[SITE] == before, "nothing was published so far"
    months.fill("12")
    page.get_by_label("Contact").fill("")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("a later one cannot do without them")
    expect(months).to_have_value("12")
    page.get_by_label("Contact").fill("privacy@example.com")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("main")).to_contain_text("Nobody is asked again")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The new notice is published.")
    after = housed.house.follower.current[SITE]
    assert (after.material, after.body["retention_months"]) == (False, 12)


def test_a_lost_password_is_replaced_by_the_mailed_link(browser: Browser, housed: Housed, post: Post) -> None:
    signed = signed_in(browser, housed.url, FORGETFUL)
    with window(browser, housed, signed) as there, window(browser, housed) as here:
        elsewhere, page = there.new_page(), here.new_page()
        elsewhere.goto("/account")
        expect(elsewhere.get_by_role("button", name="Sign out", exact=True).first).to_be_visible()
        page.goto("/sign-in")
        page.get_by_role("link", name="Lost the password?").click()
        page.get_by_label("E-mail").fill(FORGETFUL)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Lost password")
        expect(page.locator("main")).not_to_contain_text("No mail is set up")
        link = mailed(post)
        assert link.startswith(f"{housed.url}/reset/")
        page.goto(link)
        page.get_by_label("New password").fill(NEW)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The password is changed")
        elsewhere.reload()
        expect(elsewhere).to_have_url(re.compile(r"/sign-in\?next="))
        page.get_by_role("link", name="Sign in").last.click()
        page.get_by_label("E-mail").fill(FORGETFUL)
        page.get_by_label("Password").fill(NEW)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Sign out").first).to_be_visible()
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("This link was used or has expired")


def mailed(post: Post) -> str:
    """The link of the one mail that comes."""
    deadline = time.monotonic() + MAIL_S
    while not post.mails:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (mail,) = post.mails
    assert f"To: {FORGETFUL}" in mail
    found = re.search(r"http://\S+/reset/[\w-]+", mail.replace("=\r\n", ""))
    assert found, mail
    return found[0]
