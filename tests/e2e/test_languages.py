"""The languages of the dashboard in a real browser: the browser's own, a choice without script, room at 320 px."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import EMAIL, PASSWORD, opened
from tests.dashboard.routing import filled
from tests.e2e.test_axe import violations
from tests.processes import free_port

SPOKEN = {"de": ("E-Mail", "Passwort", "Anmelden"), "fr": ("E-mail", "Mot de passe", "Se connecter")}
# Whose labels and names for readers of screens are the language's own; of all pages see test_every_page.
HEARD = ("/sites/{site}", "/sites/{site}/journeys", "/sites/{site}/consent", "/sites/{site}/goals", "/account")
PAGES = (
    *("/sites/{site}", "/sites/{site}/journeys", "/sites/{site}/visits", "/sites/{site}/volume"),
    *("/sites/{site}/consent", "/sites/{site}/goals", "/sites/{site}/rows/{tab}", "/sites/{site}/setup"),
    *("/sites/{site}/settings", "/account", "/account/second-factor", "/settings/people", "/settings/audit"),
    *("/settings/sites", "/sites", "/nowhere"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over 300 visits, served by a thread of its own."""
    port = free_port()
    up, down = threading.Event(), threading.Event()
    folder = tmp_path_factory.mktemp("house")
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, port, up, down)))
    thread.start()
    assert up.wait(60)
    yield f"http://localhost:{port}"
    down.set()
    thread.join(30)


async def _serve(folder: Path, port: int, up: threading.Event, down: threading.Event) -> None:
    async with opened(folder) as house:
        await house.load(*lines(300, datetime.now(UTC).replace(tzinfo=None)))
        server = uvicorn.Server(uvicorn.Config(house.app, port=port, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        up.set()
        await asyncio.to_thread(down.wait)
        server.should_exit = True
        await serving


@pytest.mark.parametrize("code", SPOKEN)
def test_every_page_fits_a_small_phone_in_the_language_of_the_browser(browser: Browser, house: str, code: str) -> None:
    email, password, sign_in = SPOKEN[code]
    with browser.new_context(locale=f"{code}-{code.upper()}", viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"{house}/sign-in")
        page.get_by_label(email).fill(EMAIL)
        page.get_by_label(password).fill(PASSWORD)
        page.get_by_role("button", name=sign_in).click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        wide, wrong = list[str](), list[str]()
        for path in PAGES:
            page.goto(house + filled(path), wait_until="domcontentloaded")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
            if path in HEARD:
                wrong += [f"{path}: {one}" for one in violations(page)]
        assert (wide, wrong) == ([], [])


def test_a_language_is_chosen_without_script_and_stays(browser: Browser, house: str) -> None:
    with browser.new_context(locale="en-GB", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{house}/sign-in")
        page.get_by_role("button", name="Deutsch").click()
        page.get_by_label("E-Mail").fill(EMAIL)
        page.get_by_label("Passwort").fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
        expect(page.get_by_role("heading", name="Websites")).to_be_visible()
        page.goto(f"{house}/sites/{SITE}?f=is:country:DE")
        expect(page.locator(".chips a").first).to_contain_text("Land ist Deutschland")
        page.get_by_role("button", name="Français").click()
        expect(page.locator(".chips a").first).to_contain_text("Pays est Allemagne")
        page.goto(f"{house}/account")
        page.get_by_label("Langue de ces pages").select_option("en")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("heading", name="Account")).to_be_visible()
