"""Other ways into a page than the one line: pinned bytes, a strict policy, a tag manager, a module."""

import re
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import Playwright, Route, expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import Product
from tests.e2e.website import Page, website

NONCE = "r4nd0m"
STRICT = (
    f"default-src 'none'; img-src data:; script-src 'nonce-{NONCE}' 'strict-dynamic'; base-uri 'none'; "
    "connect-src {collector}; require-trusted-types-for 'script'; trusted-types 'none'"
)
NONCE_ALONE = STRICT.replace(" 'strict-dynamic'", "")
MANAGER = """<script>
const script = document.createElement("script");
script.async = true;
script.src = "{collector}/c/tag.js?site=localhost";
document.head.append(script);
</script>"""


def says_yes(page: Tab, product: Product, pageviews: int) -> None:
    page.get_by_role("button", name="Yes to all", exact=True).click()
    product.until_totals(4.0, visits=1, pageviews=pageviews, clicks=0)


def heard(page: Tab) -> list[str]:
    """What the console says from now on."""
    words: list[str] = []
    page.on("console", lambda message: words.append(message.text))
    page.on("pageerror", lambda error: words.append(str(error)))
    return words


def change(route: Route) -> None:
    """One byte more in an answer, with all its headers."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + "\n")


def test_pinned_bytes_run_under_a_strict_policy_and_no_others(
    playwright: Playwright, product: Product, tmp_path: Path
) -> None:
    product.byleave.environment["BYLEAVE_BASE_URL"] = product.server.url
    pinned = product.byleave.run("site", "show", "localhost", "--sri").partition("\n\n")[2]
    strict = pinned.replace("<script ", f'<script nonce="{NONCE}" ')
    tag = re.findall(r'src="\S+?(/c/t/\w+\.js)"', pinned)[0]
    parts = re.findall(r'"http\S+?(/c/t/\w+\.js)":', pinned)
    named = f'<script nonce="{NONCE}" defer src="{product.server.url}/c/tag.js" data-site="localhost"></script>'
    pages = {
        "/": Page(pinned),
        "/strict": Page(strict, STRICT.format(collector=product.server.url)),
        "/nonce": Page(named, NONCE_ALONE.format(collector=product.server.url)),
    }
    with website(pages) as own:
        # A browser for each: what was refused once stays in a browser's memory.
        for number, changed in enumerate(([tag], parts)):
            folder = tmp_path / str(number)
            folder.mkdir()
            with chromium(playwright, folder) as context:
                for path in changed:
                    context.route(f"**{path}", change)
                page = context.new_page()
                words = heard(page)
                page.goto(own)
                assert page.evaluate("typeof byleave") == ("undefined" if changed == [tag] else "object")
                page.evaluate(
                    "window.byleave && byleave.consent.open().catch(() => {})"
                )  # ends once its part was refused
                assert page.get_by_role("dialog").count() == 0
                assert any("Failed to find a valid digest" in text for text in words), words
        with chromium(playwright, tmp_path) as context:
            page = context.new_page()
            words = heard(page)
            page.goto(f"{own}/strict")
            says_yes(page, product, 1)
            page.evaluate("byleave.track('opened')")
            page.goto(own)
            product.until_totals(4.0, visits=1, pageviews=2, clicks=0)
            page.goto(f"{own}/nonce")  # which the parts inherit from the tag
            page.evaluate("byleave.consent.open()")
            expect(page.get_by_role("dialog")).to_be_visible()
            product.until_totals(4.0, visits=1, pageviews=3, clicks=0)
            assert words == []


def test_a_tag_manager_that_strips_attributes(playwright: Playwright, product: Product, tmp_path: Path) -> None:
    manager = Page(MANAGER.format(collector=product.server.url))
    # The hostname is no site: the address of the script alone says which it is.
    module = Page(f'<script type="module" src="{product.server.url}/c/tag.js?site=localhost"></script>')
    with website({"/": manager, "/module": module}, "127.0.0.1") as own, chromium(playwright, tmp_path) as context:
        page = context.new_page()
        words = heard(page)
        page.goto(own)
        says_yes(page, product, 1)
        assert page.evaluate("Object.keys(localStorage)") == ["byleave:localhost", "byleave:localhost.visit"]
        assert words == []
        page.reload()
        product.until_totals(4.0, visits=1, pageviews=2, clicks=0)
        page.goto(f"{own}/module")
        assert page.evaluate("typeof byleave") == "undefined"
        assert any("document.currentScript" in text for text in words), words
