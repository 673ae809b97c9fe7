"""`make screenshots`: pictures of every page of a made-up demo, narrow and wide, light and dark, in docs/screenshots/.

With names of pages as arguments, of these alone.
"""

import asyncio
import base64
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from collector import control
from tests.e2e.chromium import AGENT, EXECUTABLE, FLAGS
from tests.e2e.conftest import wait_for
from tests.processes import byleave, free_port
from tests.screenshots import demo
from tests.screenshots.pages import SCHEMES, SHOTS, WIDTHS, Shot

FOLDER = Path(__file__).parents[2] / "docs/screenshots"
HOST, WEBSITE = "http://localhost:8000", "http://localhost:8001"
"""What the browser calls them, whichever ports they have: as after `make run`."""
QUALITY = 82
HEIGHTS = {390: 844, 1440: 900}
STORED_MS = 2000  # what the tag sends is in the reports by then
PATIENCE_MS = 60_000  # however busy the machine is
ON_WEBSITE = ("banner", "choices", "you")
FRAMED = "embed"
BLOG = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Our blog</title>
<style>:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 0 auto; padding: 1rem; font: 17px/1.5 Georgia, serif; }}
iframe {{ width: 100%; height: 34rem; border: 1px solid #8888; border-radius: 8px; }}</style>
<h1>How many read us</h1><p>We count only who said yes. This is what we see, as we see it:</p>
<iframe src="{link}" title="Our visits"></iframe><p>Made with care, in a bakery that does not exist.</p></html>"""
"""A made-up website that shows a share link in a frame."""


def main() -> int:
    """Exit code 1 when a page does not answer as it should."""
    wanted = set(sys.argv[1:])
    known = {shot.name for shot in SHOTS} | {*ON_WEBSITE, FRAMED}
    if wanted - known:
        print(f"There is no page {sorted(wanted - known)[0]}; there are {', '.join(sorted(known))}.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="byleave-screenshots-") as folder, served(Path(folder)) as (rules, secrets):
        flags = [*FLAGS, f"--user-agent={AGENT}", f"--host-resolver-rules={rules}"]
        flags += ["--disable-features=LocalNetworkAccessChecks", "--hide-scrollbars", "--font-render-hinting=none"]
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=EXECUTABLE, args=flags)
            cookies = _signed_in(browser)
            for width in WIDTHS:
                for scheme in SCHEMES:
                    look = _look(width, scheme)
                    wrong += _pages(browser, cookies, look, wanted, secrets)
                    if not wanted or wanted & set(ON_WEBSITE):
                        _website(browser, look)
                    if not wanted or FRAMED in wanted:
                        _framed(browser, look, secrets)
            browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    print(f"{len(list(FOLDER.glob('*.webp')))} pictures, {size / 2**20:.1f} MB, in {FOLDER.name}")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A Byleave full of made-up visits, whose clock stands still, and the example website, until the block ends.

    Gives how a browser finds them, and the secrets of what a link alone opens.
    """
    with byleave(folder, rate_limit="off") as product:
        product.data.mkdir()
        secrets = asyncio.run(demo.make(product.data))
        product.command = [sys.executable, "-m", "tests.screenshots.clock", demo.NOW.isoformat()]
        server = product.start("serve")
        asyncio.run(control.call(product.data, "sighted", found=demo.SEEN))
        port = free_port()
        website = subprocess.Popen([sys.executable, "-m", "example", "--port", str(port), "--collector", HOST])
        try:
            wait_for(f"http://localhost:{port}")
            yield f"MAP localhost:8000 127.0.0.1:{server.port}, MAP localhost:8001 127.0.0.1:{port}", secrets
        finally:
            website.terminate()
            website.wait(10)


def _look(width: int, scheme: str) -> dict[str, Any]:
    size = {"width": width, "height": HEIGHTS[width]}
    scale = 2 if width < 720 else 1  # as phones have it; a page of a computer is large enough
    return {"viewport": size, "color_scheme": scheme, "device_scale_factor": scale, "locale": "en-GB"}


def _signed_in(browser: Browser) -> Any:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{HOST}/sign-in")
        page.get_by_label(re.compile("mail", re.I)).fill(demo.OWNER)
        page.get_by_label(re.compile("password", re.I)).first.fill(demo.PASSWORD)
        page.get_by_role("button", name=re.compile("sign in", re.I)).click()
        page.wait_for_url("**/sites**")
        return context.storage_state()


def _pages(
    browser: Browser, cookies: Any, look: dict[str, Any], wanted: set[str], secrets: dict[str, str]
) -> list[str]:
    """Picture the pages of the table; returns what is wrong with them."""
    wrong = []
    for anonymous in (False, True):
        shots = [shot for shot in SHOTS if shot.anonymous == anonymous and (not wanted or shot.name in wanted)]
        with browser.new_context(storage_state=None if anonymous else cookies, reduced_motion="reduce", **look) as made:
            page = made.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            for shot in shots:
                answer = page.goto(HOST + shot.path.format(**secrets))
                if answer is None or (answer.status >= 400 and shot.name != "not-found"):
                    wrong.append(f"{shot.name}: {shot.path} answered {answer and answer.status}")
                if shot.then:
                    shot.then(page)
                _take(page, shot, look)
    return wrong


def _website(browser: Browser, look: dict[str, Any]) -> None:
    """The banner on the example website, its choices, and the page of somebody who said yes and looked around."""
    with browser.new_context(reduced_motion="reduce", **look) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(WEBSITE)
        page.get_by_role("dialog").wait_for()
        _take(page, Shot("banner", "", screen=True), look)
        page.get_by_role("button", name="Choose").click()
        _take(page, Shot("choices", "", screen=True), look)
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Yes to this choice").click()
        while not page.evaluate("localStorage.length"):  # leaving earlier would take the yes back unheard
            page.wait_for_timeout(50)
        page.get_by_role("link", name="Our bread").first.click()
        page.wait_for_url("**/bread/")
        you = _you(page)
        _take(you, Shot("you", ""), look)


def _framed(browser: Browser, look: dict[str, Any], secrets: dict[str, str]) -> None:
    """A share link in the frame of a website that its owner named."""
    with browser.new_context(reduced_motion="reduce", **look) as context:
        html = BLOG.format(link=f"{HOST}/share/{secrets['framed']}/embed")
        context.route(f"{demo.BLOG}/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page = context.new_page()
        page.goto(f"{demo.BLOG}/")
        page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
        _take(page, Shot(FRAMED, ""), look)


def _you(page: Page) -> Page:
    """The visitor's page, once the visit is stored."""
    page.wait_for_timeout(STORED_MS)
    with page.expect_popup() as opened:
        page.evaluate("byleave.you()")
    you = opened.value
    you.get_by_text("You said yes on").first.wait_for()
    return you


def _take(page: Page, shot: Shot, look: dict[str, Any]) -> None:
    page.wait_for_load_state("networkidle") if shot.screen else page.wait_for_load_state("load")
    page.evaluate("scrollTo(0, 0)")
    width, scheme = look["viewport"]["width"], look["color_scheme"]
    height = look["viewport"]["height"] if shot.screen else page.evaluate("document.documentElement.scrollHeight")
    with_session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    asked = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": not shot.screen}
    told = with_session.send("Page.captureScreenshot", asked)
    (FOLDER / f"{shot.name}-{width}-{scheme}.webp").write_bytes(base64.b64decode(told["data"]))


if __name__ == "__main__":
    sys.exit(main())
