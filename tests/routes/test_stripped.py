"""What is sent to a running collector against what it stores: host, source, advert, device, a place that changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from collector.enrich import place
from tests.enrich import mmdb
from tests.enrich.formats import agents
from tests.wire import Running, beacon, running

UUID = "550e8400-e29b-41d4-a716-446655440000"
BERLIN = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Berlin"}}}
PARIS = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}
ALL = ["measure", "returning", "ads"]


@pytest.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(place, "LOOK_EVERY", 0.02)
    async with running(tmp_path, trusted_proxies="private") as found:
        yield found


async def stored(live: Running, columns: str) -> list[tuple[Any, ...]]:
    return await live.rows(f"SELECT {columns} FROM event ORDER BY nth")


async def test_a_host_below_an_alias_is_scrubbed_and_the_sites_own_is_not(live: Running) -> None:
    token = (await live.consent())["token"]
    for number, host in enumerate(("example.com", "shop.example.com", f"{UUID}.example.com")):
        batch = beacon(token, i=number)
        assert (await live.post("/c/events", batch, origin=f"https://{host}")).status_code == 202
    assert await stored(live, "host") == [("example.com",), ("shop.example.com",), ("*.example.com",)]


async def test_an_adverts_click_is_told_with_the_purpose_alone(live: Running) -> None:
    page = {"k": "pageview", "p": "/?gclid=canary&utm_source=news&utm_content=jane@example.com", "r": "", "a": 0}
    for number, purposes in enumerate((ALL, ["measure"])):
        token = (await live.consent(purposes=purposes))["token"]
        assert (await live.post("/c/events", beacon(token, page, i=number))).status_code == 202
    columns = "path, source, channel, utm_source, utm_content, ad"
    assert await stored(live, columns) == [
        ("/", "news", "Paid", "news", "*", "Google Ads"),
        ("/", "news", "Campaign", "news", "*", None),
    ]


async def test_a_browser_inside_an_app_that_came_from_another(live: Running) -> None:
    agent = next(agent for name, agent, _ in agents() if name.startswith("WeChat 41 on android"))
    token = (await live.consent())["token"]
    page = {"k": "pageview", "p": "/", "r": "android-app://com.reddit.frontpage/x?y=z", "a": 0}
    assert (await live.post("/c/events", beacon(token, page), user_agent=agent)).status_code == 202
    assert await stored(live, "browser, os, device, source, channel") == [
        ("WeChat", "Android", "mobile", "Reddit", "Social"),
    ]


async def test_the_place_follows_the_file_while_the_collector_runs(live: Running, tmp_path: Path) -> None:
    token = (await live.consent())["token"]
    folder = tmp_path / "geo"
    await asyncio.to_thread(folder.mkdir)
    for number, record in enumerate((BERLIN, PARIS, None)):
        await asyncio.to_thread(_put, folder, record)
        known = ("DE", "FR", None)[number]
        async with asyncio.timeout(10):
            while live.context.places.lookup("8.8.8.8")[0] != known:
                await asyncio.sleep(0.02)
        sent = await live.post("/c/events", beacon(token, i=number), x_forwarded_for="8.8.8.8")
        assert sent.status_code == 202
    assert await stored(live, "country, city") == [("DE", "Berlin"), ("FR", "Paris"), (None, None)]
    assert "byleave geo update" in (live.context.places.problem() or "")


def _put(folder: Path, record: Any) -> None:
    """A new version by a rename, or a broken one written over the old."""
    if record is None:
        (folder / "city.mmdb").write_bytes(b"")
        return
    mmdb.write(folder / "next", {"8.8.8.0/24": record})
    (folder / "next").replace(folder / "city.mmdb")
