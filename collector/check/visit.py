"""The visits that a check makes: one that says nothing, one that says no, one with a signal, one that says yes."""

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from collector.check import scripts
from collector.check.chromium import Chromium
from collector.check.page import Page, Request, page

TAG_S = 3.0  # a tag manager may put the tag in late
BANNER_S = 6.0  # patient with a slow machine: a page without a fault waits for none of these
YES_S = 5.0
EVENT_S = 8.0  # a batch waits for the browser to be idle
QUIET_S = 2.5  # longer than a batch waits
WITHDRAW_S = 5.0
SCRIPT = re.compile(r"/(tag|t/\w+)\.js([?#].*)?$")
FETCHED = re.compile(r"(tag|t/[0-9a-f]{8,64})\.js|site/[^/]+\.json")


@dataclass(frozen=True)
class Tag:
    """The tag as the page embeds it."""

    src: str
    site: str
    banner: str
    cmp: str
    running: bool

    @property
    def base(self) -> str:
        """Where its collector answers, with the last slash of the prefix."""
        return SCRIPT.sub("/", self.src)

    def calls(self, requests: list[Request], since: int = 0) -> list[Request]:
        """The requests that went to its collector."""
        return [one for one in requests[since:] if one.url.startswith(self.base)]


@dataclass
class Visit:
    """What one visit saw."""

    href: str
    tag: Tag | None
    requests: list[Request]
    console: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[dict[str, Any]] | None = None
    """Those of the ask's first layer; None where nothing asked."""
    stored: dict[str, Any] = field(default_factory=dict)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    tools: dict[str, str] = field(default_factory=dict)
    answer: int = 0
    """Status of a yes that names no notice: 409 where a real one would be taken."""

    @property
    def calls(self) -> list[Request]:
        """The requests that went to the collector."""
        return self.tag.calls(self.requests) if self.tag else []


@dataclass(frozen=True)
class Trial:
    """What came of a yes: HTTP statuses, 0 where there was no answer. `key` is set where it could not be withdrawn."""

    consent: int
    events: int
    withdrawn: int
    key: str = ""


def tag_of(found: dict[str, Any], requests: list[Request], collector: str) -> Tag | None:
    """The script that is most likely Byleave's tag; `collector` is the address it should come from, if one is named."""
    running: list[str] = found["running"]
    offered = found["scripts"] or [
        {"src": one.url, "site": running[0], "named": False, "banner": "", "cmp": ""}
        for one in requests
        if running and SCRIPT.search(one.url)
    ]

    def likely(one: dict[str, Any]) -> int:
        named = bool(collector) and one["src"].startswith(collector)
        named_site = bool(one["named"])
        return (
            4 * named + 2 * (one["site"] in running) + named_site + bool(re.search(r"/c/(tag|t/\w+)\.js", one["src"]))
        )

    best = max(offered, key=likely, default=None)
    if best is None or not likely(best):
        return None
    return Tag(best["src"], best["site"], best["banner"], best["cmp"], best["site"] in running)


async def silent(browser: Chromium, url: str, collector: str, quiet: float, *, gpc: bool = False) -> Visit:
    """Open the page, look around, say nothing; `gpc`: with Global Privacy Control."""
    async with page(browser, gpc=gpc) as there:
        visit = await _arrive(there, url, collector, ask=not gpc)
        await there.ask("scrollTo(0, document.body.scrollHeight)")
        await asyncio.sleep(quiet)
        visit.tools = await there.ask(scripts.TOOLS) or {}
        return await _seen(there, visit)


async def no(browser: Chromium, url: str, collector: str, quiet: float) -> Visit:
    """Say no and come back; `requests` are those since the no."""
    async with page(browser) as there:
        visit = await _arrive(there, url, collector)
        if visit.tag is None or not visit.tag.running:
            return visit
        since = len(there.requests)
        if visit.buttons:
            await there.click(visit.buttons[0]["x"], visit.buttons[0]["y"])
            await there.until_true("byleave.consent.status().state === 'no'", 2.0)
        else:
            await there.ask("byleave.consent.refuse()")
        await there.reload()
        await asyncio.sleep(quiet)
        await _seen(there, visit)
        visit.requests = there.requests[since:]
        since = len(there.requests)
        await there.ask(scripts.PROBE % (json.dumps(f"{visit.tag.base}consent"), json.dumps(visit.tag.site)))
        visit.answer = next((one.status for one in there.requests[since:] if one.url.endswith("/consent")), 0)
        return visit


async def yes(browser: Chromium, url: str, collector: str) -> Trial:
    """Say yes, wait for the first event to be stored, and withdraw, whatever happened meanwhile."""
    async with page(browser) as there:
        visit = await _arrive(there, url, collector)
        tag = visit.tag
        if tag is None or not tag.running:
            return Trial(0, 0, 0)

        def status(path: str) -> int:
            return next((one.status for one in there.requests if one.url == f"{tag.base}{path}" and one.status), 0)

        try:
            if visit.buttons:
                await there.click(visit.buttons[-1]["x"], visit.buttons[-1]["y"])
            else:
                await there.ask("byleave.consent.grant(['measure'])")
            await there.until(lambda: status("consent") > 0, YES_S)
            if status("consent") == 201:
                await there.until(lambda: status("events") > 0, EVENT_S)
        finally:
            key = await _withdraw(there, tag)
        return Trial(status("consent"), status("events"), status("withdraw"), key)


async def _withdraw(there: Page, tag: Tag) -> str:
    """Take the trial back; the key that erases it by hand where that fails, else nothing."""
    await there.until_true("byleave.consent.status().state === 'yes'", 1.0)
    with suppress(TimeoutError):
        async with asyncio.timeout(WITHDRAW_S):
            await there.ask("byleave.consent.withdraw()")
    return str(await there.ask(scripts.ACCESS_KEY % json.dumps(f"byleave:{tag.site}")) or "")


async def _arrive(there: Page, url: str, collector: str, *, ask: bool = True) -> Visit:
    """Open the page, until its tag runs and asks, or does not."""
    await there.open(url)
    await there.until_true("Object.keys(self).some((name) => name.startsWith('byleave:'))", TAG_S)
    found = await there.ask(scripts.TAG) or {"href": url, "scripts": [], "running": []}
    visit = Visit(found["href"], tag_of(found, there.requests, collector), there.requests)
    if ask and visit.tag and visit.tag.running and visit.tag.banner != "off" and not visit.tag.cmp:
        await there.until_true(f"({scripts.BANNER})?.length > 0", BANNER_S)
        visit.buttons = await there.ask(scripts.BANNER)
    return visit


async def _seen(there: Page, visit: Visit) -> Visit:
    visit.stored = await there.ask(scripts.STORED) or {}
    visit.cookies = await there.cookies()
    visit.console, visit.refused = there.console, there.refused
    return visit


def host(address: str) -> str:
    """The hostname of an address."""
    return urlsplit(address).hostname or ""
