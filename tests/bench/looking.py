"""The dashboard's pages of a large site in a real browser: how long each answer takes, and when the largest part shows.

The browser and the server share the machine, as they do nowhere else: the paint is the later for it.
"""

import asyncio
import re
import statistics
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from collector.consent.record import append_all, iso
from collector.consent.token import LIFETIME_S
from collector.demo.fill import SITE
from collector.settings import Settings
from collector.state.accounts import create_account
from collector.state.database import State
from collector.state.tables import consent_log, notice
from tests.bench.row import Row
from tests.e2e.chromium import AGENT, EXECUTABLE, FLAGS
from tests.processes import byleave

OWNER, PASSWORD = "owner@example.com", "a long enough password"
RECORDS = 500_000
AT_ONCE = 2_000
"""Records of one moment of the year."""
ROUNDS = 5
PAINT_S = 1.0
PATHS = {
    "overview": "",
    "overview, filtered by country": "?f=is:country:DE",
    "overview, filtered by page": "?f=contains:page:/blog",
    "journeys": "/journeys",
    "journeys, the panel of a node": "/journeys?focus=",
    "visits": "/visits",
    "goals": "/goals",
    "volume": "/volume",
    f"consent, {RECORDS:,} records in the log": "/consent",
}
PAINTED = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime / 1000))
    .observe({type: 'largest-contentful-paint', buffered: true}))"""
ANSWERED = (
    "() => { const one = performance.getEntriesByType('navigation')[0]; return [one.requestStart, one.responseEnd] }"
)


def rows(settings: Settings, until: date, of: str) -> list[Row]:
    """A server on a filled folder, for which the made-up year ends today; medians after a first visit of each page."""
    asyncio.run(_prepare(settings, until))
    moment = datetime.combine(until, time(), UTC) - timedelta(minutes=80)
    told = []
    with tempfile.TemporaryDirectory() as folder, byleave(Path(folder), rate_limit="off") as product:
        product.environment["BYLEAVE_DATA"] = settings.data
        product.command = [sys.executable, "-m", "tests.screenshots.clock", moment.isoformat()]
        url = product.start("serve").url
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=EXECUTABLE, args=[*FLAGS, f"--user-agent={AGENT}"])
            told = _look(browser, url, of)
            browser.close()
    return told


async def _prepare(settings: Settings, until: date) -> None:
    """An owner, and yeses spread over half a year."""
    state = await asyncio.to_thread(State.open, settings.data_path)
    ends = int(datetime.combine(until, time(), UTC).timestamp())
    try:
        async with state.write() as connection:
            await create_account(connection, OWNER, PASSWORD, "owner", ends)
            found = (await connection.execute(select(notice.c.id).where(notice.c.site == SITE))).scalars().first()
        facts = {"site": SITE, "notice": found, "source": "banner", "shown": "byleave", "locale": "en", "ui": "1"}
        for number in range(RECORDS // AT_ONCE):
            at = ends - LIFETIME_S * (RECORDS // AT_ONCE - number) // (RECORDS // AT_ONCE)
            who = [(number * AT_ONCE + one).to_bytes(16, "big") for one in range(AT_ONCE)]
            more = {"purposes": ["measure", "returning"][: 1 + number % 2], "expires": iso(at + LIFETIME_S)}
            async with state.write() as connection:
                await append_all(connection, "given", who, at, **facts, **more)
        async with state.read() as connection:
            assert (await connection.execute(select(func.count()).select_from(consent_log))).scalar() == RECORDS
    finally:
        await state.close()


def _look(browser: Browser, url: str, of: str) -> list[Row]:
    told = []
    with browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        _sign_in(page)
        page.goto(f"/sites/{SITE}/journeys")
        focus = page.locator("g.node[data-node^='1:']").first.get_attribute("data-node")
        for name, path in PATHS.items():
            if page.request.get(f"/sites/{SITE}{path}").status == 404:
                continue
            answers, paints = zip(
                *(_once(page, f"/sites/{SITE}{path}{focus if path[-1:] == '=' else ''}") for _ in range(ROUNDS)),
                strict=True,
            )
            answer, paint = statistics.median(answers), statistics.median(paints)
            print(f"  {name}: {answer * 1000:.0f} ms, painted after {paint * 1000:.0f} ms", flush=True)
            limit = name == "overview"
            reach = f"≤ {PAINT_S * 1000:.0f} ms painted" if limit else ""
            measured = f"{answer * 1000:.0f} ms, painted after {paint * 1000:.0f} ms"
            told.append(Row(f"page: {name} ({of} a year)", reach, measured, not limit or paint <= PAINT_S))
    return told


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label(re.compile("mail", re.I)).fill(OWNER)
    page.get_by_label(re.compile("password", re.I)).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("sign in", re.I)).click()
    page.wait_for_url("**/sites**")


def _once(page: Page, path: str) -> tuple[float, float]:
    """Seconds until the answer was whole, and until the largest part of it was painted."""
    page.goto(path)
    painted: Any = page.evaluate(PAINTED)
    asked, answered = page.evaluate(ANSWERED)
    return (answered - asked) / 1000, painted
