"""What every page of the dashboard keeps, whoever adds one: the pages are those of the app's own route table."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

from collector.state.resets import begin_reset
from collector.state.shares import create_share
from dashboard.auth_invitation import Invitation, invite
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import EMAIL
from tests.dashboard.routing import filled, pages
from tests.e2e.housed import Housed, served, signed_in
from tests.e2e.looking import CROWDED, FOCUS, FORCED, HEAD, MOVES, PAINTED, PRINTED, READ, TEXT
from tests.e2e.test_axe import AXE

NARROW, WIDE, WIDEST, PAPER = (ViewportSize(width=width, height=900) for width in (320, 1440, 2560, 718))
# Besides what the routes say: the states of a page that look unlike it.
STATES = (
    f"/sites/{SITE}?places=map&sources=utm_term&f=is:browser:Chrome",
    f"/sites/{SITE}?from=2020-01-01&to=2020-01-02",
    f"/sites/{SITE}/rows/pages?q=blog",
    f"/sites/{SITE}/journeys?open=2",
    "/nowhere",
)
# Neither a page nor the same one twice.
NO_PAGES = ("/static/{name:path}", "/sites/{site}/consent/export", "/")
# Each page is seen narrow and wide, light and dark. Only contrast depends on the theme, and only what else axe-core
# knows on the width: its slow whole is run twice rather than four times.
LOOKS: tuple[tuple[Any, Any, str], ...] = (
    (NARROW, "light", ""),
    (NARROW, "dark", "color-contrast"),
    (WIDE, "dark", ""),
    (WIDE, "light", "color-contrast"),
)


@dataclass
class Visit:
    """One browser window, and whatever it heard that no page may cause."""

    page: Page
    origin: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("request", self._asked)

    def _told(self, message: ConsoleMessage) -> None:
        # That a page itself was answered with 404 or 410 is no fault of the page.
        if message.type in ("error", "warning") and message.location["url"] != self.page.url:
            self.heard.append(f"{message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "data:")):
            self.heard.append(f"asked {request.url}")


@pytest.fixture(scope="module")
def housed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Housed]:
    with served(tmp_path_factory.mktemp("pages"), 200) as found:
        yield found


@pytest.fixture(scope="module")
def owner(browser: Browser, housed: Housed) -> Any:
    return signed_in(browser, housed.url)


@pytest.fixture(scope="module")
def secrets(housed: Housed) -> dict[str, str]:
    """A link of each kind that opens a page: by the first part of its path."""

    async def make() -> dict[str, str]:
        now = int(time.time())
        async with housed.house.state.write(followed=False) as connection:
            begun = await begin_reset(connection, EMAIL, now)
            assert begun
            invited = await invite(connection, Invitation("viewer", "someone@example.com", SITE), now)
            framed = ("https://blog.example",)
            _, share = await create_share(connection, SITE, "A friend", now, origins=framed)
        return {"reset": begun.secret, "welcome": invited, "share": share}

    return housed.do(make())


def addresses(secrets: dict[str, str]) -> tuple[list[str], list[str]]:
    """The pages for somebody signed in, and those for everybody: what `secret` stands for is known here."""
    paths = [path for path in pages() if path not in NO_PAGES]
    doors = [path for path in paths if path.split("/")[1] in ("sign-in", "lost-password", *secrets)]
    named = [filled(path, secret=secrets.get(path.split("/")[1], "nothing")) for path in paths if path not in doors]
    return [*named, *STATES], [filled(path, secret=secrets.get(path.split("/")[1], "")) for path in doors]


def visits(
    browser: Browser, housed: Housed, owner: Any, secrets: dict[str, str], **options: Any
) -> Iterator[tuple[Visit, str]]:
    """Every page in turn, each loaded once in a window of the right person; the window is narrow and light."""
    for state, paths in zip((owner, None), addresses(secrets), strict=True):
        with window(browser, housed, storage_state=state, **options) as context:
            visit = Visit(context.new_page(), housed.url)
            for path in paths:
                answer = visit.page.goto(path)
                assert answer and answer.status < 500, path
                yield visit, path


@dataclass
class Seen:
    """All that is wanted of one page, seen in one visit: findings by what they are about, and what it says."""

    title: str = ""
    headings: list[str] = field(default_factory=list)
    text: str = ""
    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    unfocused: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    forced: list[str] = field(default_factory=list)
    paper: str = ""


@pytest.fixture(scope="module")
def every(browser: Browser, housed: Housed, owner: Any, secrets: dict[str, str]) -> dict[str, Seen]:
    """Every page by its path, looked at in one pass."""
    found = {}
    for visit, path in visits(browser, housed, owner, secrets):
        found[path] = seen = Seen(**visit.page.evaluate(HEAD))
        look(visit.page, seen)
        seen.heard, visit.heard = visit.heard, []
    return found


def look(page: Page, seen: Seen) -> None:
    """Look at a loaded page; it is narrow and light before and after."""
    seen.unfocused = unseen(page)
    page.evaluate("for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true")
    page.evaluate(AXE)
    for size, scheme, only in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        seen.axe += [f"{size['width']} {scheme} {one}" for one in findings(page, only)]
    for size in (WIDE, WIDEST, NARROW):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            seen.wide.append(f"overflows {size['width']}")
        seen.wide += [f"{size['width']}: {one}" for one in page.evaluate(CROWDED)]
    page.evaluate(PAINTED)
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    seen.moving, seen.forced = page.evaluate(MOVES), page.evaluate(FORCED)
    page.set_viewport_size(PAPER)
    page.emulate_media(reduced_motion="no-preference", forced_colors="none", media="print")
    seen.printed, seen.paper = page.evaluate(PRINTED), page.evaluate(READ)
    page.emulate_media(media="screen", color_scheme="light")
    page.set_viewport_size(NARROW)


def window(browser: Browser, housed: Housed, **options: Any) -> BrowserContext:
    context = browser.new_context(base_url=housed.url, locale="en-GB", viewport=NARROW, **options)
    context.set_default_timeout(10_000)
    return context


def findings(page: Page, only: str = "") -> list[str]:
    """What axe-core has to say, or one of its rules alone."""
    options = {"runOnly": {"type": "rule", "values": [only]}} if only else {}
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def unseen(page: Page) -> list[str]:
    """Of the first elements that Tab reaches those whose focus cannot be seen; the very first skips to what matters."""
    if page.evaluate("document.activeElement === document.body"):
        page.keyboard.press("Tab")
    else:  # a form that waits to be filled in has the focus already
        page.evaluate("document.querySelector('a.skip').focus()")
    first = page.evaluate(FOCUS)
    found = [] if first["skips"] and first["shown"] else [first["name"]]
    for _ in range(6):
        page.keyboard.press("Tab")
        told = page.evaluate(FOCUS)
        if told["name"].startswith("<body"):  # the last was passed
            break
        found += [] if told["shown"] else [told["name"]]
    page.evaluate("document.querySelector('a.skip').focus()")
    page.keyboard.press("Enter")
    return found + ([] if page.evaluate("document.activeElement.id") == "main" else ["main, skipped to"])


ABOUT = ("axe", "wide", "heard", "unfocused", "moving", "printed", "forced")


@pytest.mark.parametrize("about", ABOUT)
def test_nothing_is_wrong_with_any_page(every: dict[str, Seen], about: str) -> None:
    assert len(every) > len(STATES)
    wrong = [f"{path}: {one}" for path, seen in every.items() for one in getattr(seen, about)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("report", ["", "/journeys", "/goals", "/volume", "/visits", "/consent", "/rows/pages"])
def test_a_printed_report_names_its_site_and_its_days(every: dict[str, Seen], report: str) -> None:
    paper = every[f"/sites/{SITE}{report}"].paper
    assert SITE in paper
    assert re.search(r"\d+ \w{3}.* \d{4}|Last \d+ days|last \d+ (days|weeks)", paper), paper[:400]


def test_every_page_says_what_it_is(every: dict[str, Seen]) -> None:
    assert {
        path: seen.headings for path, seen in every.items() if len(seen.headings) != 1 or not seen.headings[0]
    } == {}
    titles = {path: seen.title for path, seen in every.items() if path not in STATES}
    assert all(titles.values()) and "Byleave" not in titles.values(), titles
    named = [title for path, title in titles.items() if not path.endswith("/embed")]  # the same page, in a frame
    assert len(set(named)) == len(named), sorted(named)


def test_every_page_says_the_same_without_script(
    browser: Browser, housed: Housed, owner: Any, secrets: dict[str, str], every: dict[str, Seen]
) -> None:
    still = visits(browser, housed, owner, secrets, java_script_enabled=False)
    told = {path: visit.page.evaluate(TEXT) for visit, path in still}
    assert [path for path, seen in every.items() if seen.text != told[path]] == []
