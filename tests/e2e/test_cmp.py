"""The site's own consent tool in a real browser: real tools, clicked by a person, and the parts that follow them."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.e2e.chromium import chromium, requested
from tests.e2e.conftest import Product
from tests.e2e.website import Page, website

MODULES = Path(__file__).parents[2] / "js" / "node_modules"
KLARO = """window.klaroConfig = {
  acceptAll: true, lang: 'en', translations: {en: {purposes: {analytics: 'Analytics'}}},
  services: [{name: 'byleave', title: 'Byleave', purposes: ['analytics']}],
};"""
COOKIECONSENT = """addEventListener('load', () => CookieConsent.run({
  hideFromBots: false, cookie: {secure: false}, categories: {necessary: {readOnly: true}, analytics: {}},
  language: {default: 'en', translations: {en: {
    consentModal: {title: 'May we?', acceptAllBtn: 'Accept all', acceptNecessaryBtn: 'Reject all'},
    preferencesModal: {sections: []},
  }}},
}));"""
REFUSED_IN_KLARO = (
    "const manager = klaro.getManager(); manager.changeAll(false); manager.saveAndApplyConsents('decline')"
)


@pytest.mark.parametrize(
    ("cmp", "script", "config", "label", "refused"),
    [
        ("klaro", "klaro/dist/klaro.js", KLARO, "That's ok", REFUSED_IN_KLARO),
        ("auto", "vanilla-cookieconsent/dist/cookieconsent.umd.js", COOKIECONSENT, "Accept all",
         "CookieConsent.acceptCategory([])"),
    ],
)  # fmt: skip
def test_the_tool_of_the_site_is_followed(
    cmp: str,
    script: str,
    config: str,
    label: str,
    refused: str,
    playwright: Playwright,
    product: Product,
    tmp_path: Path,
) -> None:
    head = f"""<script>{config}</script><script defer src="/tool.js"></script>
    <script defer src="{product.server.url}/c/tag.js" data-site="localhost" data-cmp="{cmp}"></script>"""
    with website({"/": Page(head)}) as address, chromium(playwright, tmp_path) as context:
        page = context.new_page()
        page.route(f"{address}/tool.js", lambda route: route.fulfill(path=MODULES / script))
        page.goto(address)
        page.get_by_role("button", name=label, exact=True).wait_for()
        time.sleep(0.7)
        assert not page.locator("byleave-ask").count()
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('byleave'))") == []
        page.get_by_role("button", name=label, exact=True).click()
        product.until_totals(4.0, visits=1, pageviews=1, clicks=0)
        assert page.evaluate("byleave.consent.status().purposes") == ["measure"]
        page.reload()  # what was answered goes on
        product.until_totals(4.0, visits=1, pageviews=2, clicks=0)
        page.evaluate(refused)
        product.until_totals(4.0, visits=0, pageviews=0, clicks=0)
        page.reload()
        time.sleep(0.7)
    told = [line for line in requested(tmp_path, product.server.url) if line.startswith("POST")]
    assert told.count("POST /c/consent") == 1
    assert told[-1] == "POST /c/withdraw"
