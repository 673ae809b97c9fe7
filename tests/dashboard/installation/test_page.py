"""The page that waits for the first event: what it shows of what the collectors told, and the way out."""

import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx2
import pytest

from collector.control import Control
from collector.sightings import Sightings, What, offer
from collector.state.audit import entries
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House, csrf_of
from tests.rows import line

PAGE = f"/sites/{SITE}/installation"


@pytest.fixture
async def seen(house: House, tmp_path: Path) -> AsyncIterator[Sightings]:
    """What the owner of the store holds; it listens in the house's data folder."""
    control = await Control.start(tmp_path)
    found = Sightings()
    offer(control, found)
    yield found
    await control.stop()


async def titles(browser: httpx2.AsyncClient) -> list[str]:
    """The findings on the page, by their headings."""
    text = (await browser.get(PAGE)).text
    shown = re.findall(r'<section class="finding[^"]*"(?! data-signal="\w+" hidden)[^>]*><h2>(.*?)</h2>', text)
    return [unescape(title) for title in shown]


async def test_without_a_collector_the_page_says_where_to_begin(owner: httpx2.AsyncClient) -> None:
    text = (await owner.get(PAGE)).text
    assert "Waiting for the first visit" in text
    assert 'role="status"' in text and f'href="{PAGE}"' in text
    assert await titles(owner) == ["No page fetched the tag"]
    assert f'href="https://{SITE}/" target="_blank" rel="noopener noreferrer"' in text


async def test_step_by_step(owner: httpx2.AsyncClient, seen: Sightings, house: House) -> None:
    seen.note("", What.TAG)
    assert await titles(owner) == [f"The tag was fetched, but no page of {SITE} has asked"]
    seen.note(OTHER, What.ASKED)
    assert await titles(owner) == [f"The tag was fetched, but no page of {SITE} has asked"]
    seen.note(SITE, What.ASKED)
    assert await titles(owner) == ["The question was fetched; nobody has said yes so far"]
    seen.note(SITE, What.YES)
    assert await titles(owner) == ["Somebody said yes; their first page is on its way"]
    now = datetime.now(UTC)
    for ago, says in ((timedelta(days=1), "Visits were counted before"), (timedelta(), "It works")):
        await house.load(line(site=SITE, occurred_at=f"{now - ago:%Y-%m-%d %H:%M:%S}", visit=ago.days))
        assert says in (await owner.get(PAGE)).text
    assert await titles(owner) == []


async def test_a_foreign_host_is_added_on_a_click(owner: httpx2.AsyncClient, seen: Sightings, house: House) -> None:
    seen.note(SITE, What.FOREIGN, "new.example.org")
    text = (await owner.get(PAGE)).text
    assert "A page on new.example.org asked" in text
    sent = {"csrf": csrf_of(text), "host": "new.example.org"}
    answer = await owner.post(f"{PAGE}/alias", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert house.follower.sites[SITE].aliases == (f"www.{SITE}", "new.example.org")
    assert await titles(owner) == ["No page fetched the tag"]
    async with house.state.read() as connection:
        entry = (await entries(connection, 1))[0]
    assert (entry.action, entry.site) == ("site changed", SITE)
    assert entry.detail["aliases"].endswith("new.example.org")
    for host, says in ((OTHER, "already belongs"), ("no host", "hostname"), ("*.example", "every website")):
        refused = await owner.post(f"{PAGE}/alias", data={**sent, "host": host})
        assert (refused.status_code, says in refused.text) == (400, True), host
    assert len(house.follower.sites[SITE].aliases) == 2


@pytest.mark.parametrize(
    ("header", "title"),
    [("sec-gpc", "This browser sends Global Privacy Control"), ("dnt", "This browser sends Do Not Track")],
)
async def test_a_signal_of_this_browser_is_told(owner: httpx2.AsyncClient, header: str, title: str) -> None:
    assert title not in await titles(owner)
    owner.headers[header] = "1"
    assert title in await titles(owner)


async def test_what_a_stranger_writes_is_text(owner: httpx2.AsyncClient, seen: Sightings) -> None:
    for what in (What.FOREIGN, What.MISNAMED, What.INSECURE, What.YES_REFUSED):
        seen.note(SITE, what, '"><script>alert(1)</script>', int(time.time()))
    text = (await owner.get(PAGE)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


async def test_the_way_there(owner: httpx2.AsyncClient) -> None:
    for path in (f"/sites/{SITE}", f"/sites/{SITE}/setup", f"/sites/{SITE}/settings"):
        assert f'href="{PAGE}"' in (await owner.get(path)).text, path
