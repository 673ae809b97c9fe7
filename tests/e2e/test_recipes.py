"""The recipes of docs/ as they stand there: React's, built and run; what WordPress's writes into its pages; what a page
hands over to its own backend.

WordPress itself and PHP are not run: its recipe is read for the lines that it writes.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import BrowserContext, expect

from tests.e2e.chromium import sent
from tests.e2e.conftest import Product
from tests.e2e.website import Page, website
from tests.wire import beacon

ROOT = Path(__file__).parents[2]
SENT_MS = 1300  # a route is seen within 500, and a batch waits 400


def test_react(visitor: BrowserContext, shared: Product, tmp_path: Path) -> None:
    script = tmp_path / "app.js"
    wanted = {"collector": shared.server.url, "site": "localhost", "out": str(script)}
    subprocess.run(["node", ROOT / "js/recipes/react.mjs"], input=json.dumps(wanted), text=True, check=True, timeout=60)
    with website({"/": Page('<script type="module" src="/app.js"></script>')}) as own:
        page = visitor.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.route(f"{own}/app.js", lambda route: route.fulfill(path=script))
        page.goto(own)
        page.get_by_role("button", name="Order").click()  # before a yes: nothing, and nothing is kept for later
        found = sent(visitor)
        page.get_by_role("button", name="Yes to all", exact=True).click()
        page.wait_for_timeout(SENT_MS)
        page.get_by_role("link", name="Loaf").click()
        page.wait_for_timeout(SENT_MS)
        page.get_by_role("button", name="Order").click()
        page.wait_for_timeout(SENT_MS)
        assert [(e["k"], e["p"], e.get("x")) for e in found if e["k"] != "leave"] == [
            ("pageview", "/", None),
            ("click", "/", "/loaf"),
            ("pageview", "/loaf", None),
            ("event", "/loaf", "order"),
        ]
        assert page.locator("script[data-site]").count() == 1
        page.get_by_role("button", name="Privacy choices").click()
        expect(page.get_by_role("dialog")).to_contain_text("You said yes")
    assert thrown == []


def test_wordpress(visitor: BrowserContext, shared: Product) -> None:
    recipe = (ROOT / "docs/install/wordpress.md").read_text()
    # What PHP's `echo` joins: literals, and the address of the privacy policy.
    echoed = re.findall(r"echo (.*);\n", recipe)
    written = [
        "".join(a or "/policy/" for a, _ in re.findall(r"'([^']*)'|(esc_url\(get_privacy_policy_url\(\)\))", line))
        for line in echoed
    ]
    assert len(written) == 3
    tag, status, choices = written
    tag = tag.replace("https://hello.example.com", shared.server.url).replace('"example.com"', '"localhost"')
    with website({"/": Page(f"{tag}{choices}"), "/gone": Page(f"{tag}{status}{choices}")}) as own:
        page = visitor.new_page()
        page.goto(f"{own}/gone")
        found = sent(visitor)
        page.get_by_role("button", name="Yes to all", exact=True).click()
        page.wait_for_timeout(SENT_MS)
        assert [(e["k"], e["p"], e.get("x")) for e in found] == [("pageview", "/gone", None), ("event", "/gone", "404")]
        page.goto(own)
        link = page.get_by_role("link", name="Privacy choices")
        assert link.get_attribute("href") == "/policy/"
        link.click()
        expect(page.get_by_role("dialog")).to_contain_text("You said yes")


def test_what_a_page_hands_over_brings_its_backends_event_into_the_visit(
    visitor: BrowserContext, shared: Product
) -> None:
    (handing_over,) = re.findall(r"^```js\n(.*?)^```$", (ROOT / "docs/api.md").read_text(), re.MULTILINE | re.DOTALL)
    ask = f"() => {{ {handing_over}; return byleaveVisit('localhost') }}"
    tag = f'<script defer src="{shared.server.url}/c/tag.js" data-site="localhost"></script>'
    with website({"/basket": Page(tag), "/paid": Page(tag)}) as own:
        page = visitor.new_page()
        page.goto(f"{own}/basket")
        choose = page.get_by_role("button", name="Yes to all", exact=True)
        expect(choose).to_be_visible()
        assert page.evaluate(ask) is None, "nothing is known of who has not said yes"
        choose.click()
        page.wait_for_timeout(SENT_MS)
        held = page.evaluate(ask)
        paid(shared, held)
        page.goto(f"{own}/paid")
        page.wait_for_timeout(SENT_MS)
        labels = [
            [node["label"] for node in column["nodes"]]
            for column in shared.api("journeys", start={"page": "/basket"}, steps=3, include=["page", "event"])[
                "columns"
            ]
        ]
        assert labels == [["/basket"], ["order"], ["/paid"]]
        page.evaluate("byleave.consent.withdraw()")
        assert page.evaluate(ask) is None


def paid(shared: Product, held: dict[str, Any]) -> None:
    """The backend tells of an order."""
    made = json.loads(shared.byleave.run("token", "create", "localhost", "--scope", "events", "--json"))
    body = beacon(held["t"], {"k": "event", "p": "/paid", "x": "order", "a": 0}) | held
    headers = {"Authorization": f"Bearer {made['token']}", "Content-Type": "application/json"}
    request = Request(f"{shared.server.url}/api/v1/events", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=10) as answer:
        assert answer.status == 202
