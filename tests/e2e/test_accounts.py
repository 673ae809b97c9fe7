"""Accounts, people, tokens and sites as an owner tends them in a browser, on one running server."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import AGENT
from tests.e2e.conftest import CONTROLLER
from tests.processes import Byleave, byleave
from tests.wire import beacon, yes

OWNER, PASSWORD, NEW = "owner@bakery.example", "a long enough password", "quite another password"
KEPT, GONE = "bakery.example", "shop.example"
MARK = b"/only-ever-seen-in-the-shop"


def visit(url: str, site: str, path: str) -> None:
    """Somebody says yes on a site and opens a page."""
    headers = {"origin": f"https://{site}", "content-type": "text/plain", "user-agent": AGENT}
    with httpx2.Client(base_url=url, headers=headers) as browser:
        said = browser.post("/c/consent", json=yes(site=site))
        assert said.status_code == 201, said.text
        page = {"k": "pageview", "p": path, "r": "", "a": 0}
        assert browser.post("/c/events", json=beacon(said.json()["token"], page)).status_code == 202


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Byleave]:
    with byleave(tmp_path_factory.mktemp("accounts"), rate_limit="off") as product:
        for site in (KEPT, GONE):
            product.run("site", "add", site, *CONTROLLER, "--timezone", "UTC")
        url = product.start("serve").url
        for site, path in ((KEPT, "/"), (GONE, MARK.decode()), (GONE, MARK.decode())):
            visit(url, site, path)
        yield product


Window = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def window(browser: Browser, server: Byleave) -> Window:
    """Opens a private window of its own, for nobody or with what a signed-in browser keeps."""
    base = re.search(r"(http://\S+)/welcome/", server.log.read_text())
    assert base

    @contextmanager
    def opened(state: Any = None) -> Iterator[Page]:
        with browser.new_context(base_url=base[1], locale="en-GB", storage_state=state) as context:
            context.set_default_timeout(10_000)
            yield context.new_page()

    return opened


@pytest.fixture(scope="module")
def owner(window: Window, server: Byleave) -> Any:
    """What the first owner's browser keeps, who came by the link that the server printed."""
    welcome = re.search(r"/welcome/\S+", server.log.read_text())
    assert welcome
    with window() as page:
        page.goto(welcome[0])
        page.get_by_label("E-mail").fill(OWNER)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create the owner").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        state = page.context.storage_state()
        page.goto(welcome[0])
        expect(page.get_by_role("heading", level=1)).to_have_text("This link was used or has expired")
    return state


@pytest.fixture(scope="module")
def join(window: Window, owner: Any) -> Callable[[str, str], Any]:
    """Invites somebody; they follow the link. What their browser keeps."""

    def joined(email: str, role: str = "viewer") -> Any:
        with window(owner) as page:
            page.goto("/settings/people")
            form = page.locator("form[action$=invite]")
            form.get_by_label("E-mail").fill(email)
            form.get_by_label("May").select_option(role)
            form.get_by_label("On which site").select_option(KEPT)
            form.get_by_role("button").click()
            expect(page.get_by_role("status")).to_contain_text(f"Hand this link to {email}")
            link = page.locator(".code code").inner_text()
            page.goto("/settings/people")
            assert link not in page.content(), "it is shown once"
        with window() as page:
            page.goto(link)
            expect(page.locator("main")).to_contain_text(email)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Create the account").click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            return page.context.storage_state()

    return joined


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def inside(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


def outside(page: Page) -> None:
    """Signed out: a page that follows what happens goes to sign in by itself, any other when something is asked for."""
    if "/sites/" not in page.url:
        page.goto("/account")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


def test_a_second_factor_and_its_recovery_codes(window: Window, join: Callable[..., Any]) -> None:
    with window(join("factor@bakery.example")) as page:
        page.goto("/account")
        page.get_by_role("link", name="Turn the second factor on").click()
        expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
        app = pyotp.TOTP(page.locator("code.secret").inner_text())
        page.get_by_role("textbox", name="Code").fill(app.now())
        page.get_by_label("Your password now").fill(PASSWORD)
        page.get_by_role("button", name="Turn the second factor on").click()
        codes = page.locator(".codes code").all_inner_texts()
        assert len(set(codes)) == 10
        page.get_by_role("link", name="I have kept them").click()
        expect(page.locator("main")).to_contain_text("Recovery codes left: 10")
        assert not [one for one in codes if one in page.content()], "they are shown once"
        page.get_by_role("button", name="Sign out").first.click()
        for code, taken in ((codes[0], True), (codes[0], False), ("000000", False), (codes[1], True)):
            sign_in(page, "factor@bakery.example")
            expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
            page.get_by_label("Code").fill(code)
            page.get_by_role("button", name="Sign in").click()
            if not taken:
                expect(page.get_by_role("alert")).to_contain_text("wrong, too old or used already")
                outside(page)
                continue
            inside(page)
            page.goto("/account")
            page.get_by_role("button", name="Sign out", exact=True).first.click()
        sign_in(page, "factor@bakery.example")
        page.get_by_label("Code").fill(app.at(int(time.time()) + 30))  # each is good once, and this one's turn is next
        page.get_by_role("button", name="Sign in").click()
        inside(page)
        page.goto("/account")
        expect(page.locator("main")).to_contain_text("Recovery codes left: 8")


def test_one_sees_where_one_is_signed_in_and_signs_out_everywhere(window: Window, join: Callable[..., Any]) -> None:
    with window(join("places@bakery.example")) as here, window() as there, window() as elsewhere:
        for page in (there, elsewhere):
            sign_in(page, "places@bakery.example")
            inside(page)
        here.goto("/account")
        listed = here.locator("ul.rows li")
        expect(listed).to_have_count(3)
        expect(listed.filter(has_text="(this one)")).to_have_count(1)
        expect(listed.first).to_contain_text("Chrome on Linux")
        listed.get_by_role("button").first.click()
        expect(here.get_by_role("status")).to_have_text("That browser is signed out.")
        expect(listed).to_have_count(2)
        here.get_by_role("button", name="Sign out everywhere else").click()
        expect(listed).to_have_count(1)
        outside(there)
        outside(elsewhere)
        here.reload()
        inside(here)


def test_a_lost_password_is_replaced_by_the_printed_link(
    window: Window, join: Callable[..., Any], server: Byleave
) -> None:
    email = "forgetful@bakery.example"
    with window(join(email)) as signed, window() as page:
        page.goto("/sign-in")
        page.get_by_role("link", name="Lost the password?").click()
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Send me a link").click()
        expect(page.locator("main")).to_contain_text("No mail is set up here")
        page.goto(printed(server))
        page.get_by_label("New password").fill("short")
        page.get_by_role("button", name="Change the password").click()
        assert page.url.count("/reset/"), "the browser itself refuses what is too short"
        page.get_by_label("New password").fill(NEW)
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The password is changed")
        page.goto(printed(server))
        expect(page.get_by_role("heading", level=1)).to_have_text("This link was used or has expired")
        outside(signed)
        sign_in(page, email)
        expect(page.get_by_role("alert")).to_contain_text("do not match")
        sign_in(page, email, NEW)
        inside(page)


def printed(server: Byleave) -> str:
    """The path of the last link that the server printed for a lost password, once it has."""
    deadline = time.monotonic() + 5
    while True:
        found = re.findall(r"/reset/[\w-]+", server.log.read_text())
        if found:
            return str(found[-1])
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.05)


def test_a_viewer_reads_and_an_admin_changes_one_site_alone(window: Window, join: Callable[..., Any]) -> None:
    people = {role: join(f"{role}@bakery.example", role) for role in ("viewer", "admin")}
    for role, state in people.items():
        with window(state) as page:
            page.goto("/")
            expect(page).to_have_url(re.compile(f"/sites/{KEPT}$"))
            expect(page.locator("main")).not_to_contain_text(GONE)
            settings = page.get_by_role("navigation", name="Site").get_by_role("link", name="Settings")
            expect(settings).to_have_count(1 if role == "admin" else 0)
            answer = page.goto(f"/sites/{GONE}")
            assert answer and answer.status == 404
            answer = page.goto(f"/sites/{KEPT}/settings")
            assert answer and answer.status == (200 if role == "admin" else 403)
            expect(page.get_by_role("button", name="Remove this site")).to_have_count(0)
            answer = page.goto("/settings/people")
            assert answer and answer.status == 403
            expect(page.locator("main")).to_contain_text("Ask an owner")


def ask(page: Page, token: str) -> int:
    """The status of a program's question about this month."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    body = json.dumps({"site": KEPT, "from": day, "to": day, "metrics": ["visits"]}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    base = re.match(r"https?://[^/]+", page.url)
    assert base
    try:
        with urlopen(Request(f"{base[0]}/api/v1/query", body, headers), timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_token_works_within_its_scope_until_it_is_revoked(window: Window, owner: Any) -> None:
    with window(owner) as page:
        page.goto(f"/sites/{KEPT}/settings")
        made = {}
        for label, scope in (("Wall display", "read"), ("Shop backend", "events")):
            page.get_by_label("What it is for").fill(label)
            page.get_by_label("It may").select_option(scope)
            page.get_by_role("button", name="Create a token").click()
            made[scope] = page.locator(".code code").last.inner_text()
        page.goto(f"/sites/{KEPT}/settings")
        assert not [one for one in made.values() if one in page.content()], "they are shown once"
        reading = page.locator("ul.rows li").filter(has_text="Wall display")
        expect(reading).to_contain_text("read reports · never used")
        assert (ask(page, made["read"]), ask(page, made["events"])) == (200, 403)
        page.reload()
        expect(reading).to_contain_text(re.compile(r"last used \d+ \w+ \d{4}, \d\d:\d\d UTC"))
        page.get_by_role("button", name="Revoke Wall display").click()
        expect(page.get_by_role("status")).to_have_text("The token opens nothing any more.")
        expect(reading).to_have_count(0)
        assert ask(page, made["read"]) == 401


LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstellenblattes"


def test_a_site_is_renamed_where_people_read_its_name(window: Window, owner: Any) -> None:
    def rename(page: Page, title: str) -> None:
        page.goto(f"/sites/{KEPT}/settings")
        page.get_by_label("Title: what these pages call it").fill(title)
        page.get_by_role("button", name="Rename").click()

    with window(owner) as page:
        rename(page, "The shop \u202eelpmaxe.knab")
        expect(page.get_by_role("alert")).to_contain_text("at most 80 printable characters, on one line")
        rename(page, LONG)
        expect(page.get_by_role("status")).to_have_text("Renamed.")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text(LONG)
        expect(page.get_by_role("status")).to_have_count(0)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            for path in ("", "/settings", "/settings/shares", "/setup"):
                page.goto(f"/sites/{KEPT}{path}")
                expect(page).to_have_title(re.compile(LONG))
                expect(page.locator(".picker > summary")).to_have_text(LONG)
                expect(page.locator("main")).to_contain_text(KEPT)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            page.locator(".picker > summary").click()
            expect(page.locator(".picker [aria-current]")).to_have_text(re.compile(rf"{LONG}\s+{KEPT}"))
            page.goto("/sites")
            expect(page.locator(".site-list")).to_contain_text(re.compile(rf"{LONG}\s+{KEPT}"))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), ("/sites", width)
        page.goto(f"/sites/{KEPT}")
        page.emulate_media(media="print")
        expect(page.locator(".on-paper")).to_contain_text(f"{LONG} ({KEPT})", use_inner_text=True)
        page.emulate_media(media="screen")
        rename(page, "")
        expect(page.locator(".picker > summary")).to_have_text(KEPT)


def test_a_site_is_added_and_changed(window: Window, owner: Any, server: Byleave) -> None:
    with window(owner) as page:
        page.goto("/sites")
        page.get_by_role("link", name="Add a site").click()
        page.get_by_label("Hostname").fill("not a host")
        page.get_by_label("Controller").fill("Bakery Ltd")
        page.get_by_label("Time zone").fill("Europe/Berlin")
        page.get_by_role("button", name="Add a site").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Controller")).to_have_value("Bakery Ltd")
        page.get_by_label("Hostname").fill("cafe.example")
        page.get_by_role("button", name="Add a site").click()
        expect(page.locator("main pre").first).to_contain_text('data-site="cafe.example"')
        page.goto("/sites/cafe.example/settings")
        page.get_by_label("Other hostnames").fill("www.cafe.example\n*.cafe.example")
        page.get_by_label("Time zone").fill("Nowhere/Town")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Other hostnames")).to_have_value("www.cafe.example\n*.cafe.example")
        page.get_by_label("Time zone").fill("Asia/Tokyo")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("Saved.")
    listed = json.loads(server.run("site", "show", "cafe.example", "--json"))
    assert (listed["timezone"], listed["aliases"]) == ("Asia/Tokyo", ["www.cafe.example", "*.cafe.example"])


def held(server: Byleave) -> list[str]:
    """The files of the data folder in which a byte of the shop's visits lies."""
    return [file.name for file in server.data.rglob("*") if file.is_file() and MARK in file.read_bytes()]


def test_a_site_is_removed_down_to_its_bytes(window: Window, owner: Any, server: Byleave) -> None:
    assert held(server)
    with window(owner) as page:
        page.goto(f"/sites/{GONE}")
        expect(page.locator("#figures strong").first).to_have_text("2")
        page.goto(f"/sites/{GONE}/settings")
        page.get_by_label(f"Type {GONE} to go on").fill("shop")
        page.get_by_role("button", name="Remove this site").click()
        expect(page.get_by_role("alert")).to_contain_text("nothing was removed")
        page.get_by_label(f"Type {GONE} to go on").fill(GONE)
        page.get_by_role("button", name="Remove this site").click()
        expect(page.get_by_role("status")).to_have_text("The site is removed. Its rows are being erased.")
        expect(page.locator(".site-list")).not_to_contain_text(GONE)
        answer = page.goto(f"/sites/{GONE}")
        assert answer and answer.status == 404
        deadline = time.monotonic() + 20
        while held(server):
            assert time.monotonic() < deadline, (held(server), server.log.read_text()[-2000:])
            time.sleep(0.1)
        page.goto(f"/sites/{KEPT}")
        expect(page.locator("#figures strong").first).to_have_text("1")


def test_guessing_is_slowed_down_and_says_for_how_long(window: Window) -> None:
    with window() as page:
        for attempt in range(11):
            sign_in(page, "nobody@bakery.example", f"guess number {attempt} of many")
            if "Too many" in page.get_by_role("alert").inner_text():
                break
        expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Too many attempts. Wait \d+ seconds"))
        assert attempt == 10, "ten at once for one account from one place"
        expect(page.get_by_label("E-mail")).to_have_value("nobody@bakery.example")


DONE = (
    *("invitation made", "account added", "second factor on", "signed out everywhere", "password reset"),
    *("token created", "token revoked", "site added", "site changed", "site removed"),
)


def test_the_log_tells_what_was_done_and_by_whom(window: Window, owner: Any) -> None:
    """After the tests above, whose deeds these are."""
    with window(owner) as page:
        page.goto("/settings/audit")
        rows = page.locator("main tbody tr")
        told = " ".join(rows.all_inner_texts())
        assert [deed for deed in DONE if deed not in told] == []
        changed = rows.filter(has_text="site changed").first
        expect(changed).to_contain_text("Asia/Tokyo")
        expect(changed).to_contain_text(OWNER)
        expect(changed).to_contain_text("cafe.example")
        assert PASSWORD not in told
