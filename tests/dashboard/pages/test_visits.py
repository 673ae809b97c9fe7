"""The page of recent visits: what the API tells, and no more."""

import re
import time
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
import pytest

from collector.consent.republishing import republish
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.rows import line

PAGE = f"/sites/{SITE}/visits"
NOW = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
TODAY = f"{datetime.now(ZoneInfo('Europe/Berlin')):%Y-%m-%d}"
HOSTILE = "/<script>alert(1)</script>\"'onload=x"


def strips(html: str) -> list[list[str]]:
    """The steps of each line; one without a name is `…`."""
    return [
        [unescape(named) or "…" for named in re.findall(r'<li>(?:<bdi title="[^"]*">(.*?)</bdi>|<span )', strip)]
        for strip in re.findall(r'<ol class="strip".*?</ol>', html, re.S)
    ]


async def test_the_page_is_the_api(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(PAGE)).text
    told = (await owner.get("/api/v1/visits", params={"site": SITE})).json()["visits"]
    shown = [
        [("" if step["kind"] in ("page", "other") else f"{step['kind']}: ") + step["label"] for step in line["steps"]]
        for line in told
    ]
    assert strips(html) == shown
    assert len(shown) == 50
    assert not re.search("Hamburg|Paris|London|Osaka", html)
    assert 'aria-current="page">Visits<' in html


async def test_pages_follow_each_other(visited: House, owner: httpx2.AsyncClient) -> None:
    first = (await owner.get(PAGE)).text
    assert 'rel="prev"' not in first
    onward = unescape(re.findall(r'href="([^"]+)" rel="next"', first)[0])
    second = (await owner.get(onward)).text
    told = (await owner.get("/api/v1/visits", params={"site": SITE, "limit": "100"})).json()["visits"]
    assert [len(line["steps"]) for line in told] == [len(line) for line in strips(first) + strips(second)]
    assert re.findall(r'href="([^"]+)" rel="prev"', second) == [PAGE]


async def test_filters_apply(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}?f=is:country:DE")).text
    assert "Germany" in html
    assert not re.search("<bdi>(France|United States)</bdi>", html)
    only = strips((await owner.get(f"{PAGE}?f=is:page:/signup")).text)
    assert only and all("/signup" in steps for steps in only)
    added = await owner.get(f"{PAGE}?fd=device&fo=is&fv=mobile")
    assert added.headers["location"] == f"{PAGE}?f=is:device:mobile"


async def test_a_filter_never_tells_who_took_a_rare_step(house: House, owner: httpx2.AsyncClient) -> None:
    for number in range(1, 7):
        await house.load(line(bytes([number] * 16), visit=number, occurred_at=NOW, path="/"))
    await house.load(line(bytes([1] * 16), visit=1, nth=1, occurred_at=NOW, path="/mine"))
    assert "…" in (await owner.get(PAGE)).text
    rare = (await owner.get(f"{PAGE}?f=is:page:/mine")).text
    assert strips(rare) == []
    assert "fewer than 5 people" in rare
    asked = {"site": SITE, "filters": '[["is","page",["/mine"]]]'}
    assert (await owner.get("/api/v1/visits", params=asked)).json() == {"visits": []}


async def test_an_empty_page_teaches(house: House, owner: httpx2.AsyncClient) -> None:
    assert "Each visit becomes one line here" in (await owner.get(PAGE)).text


async def test_hostile_steps_are_text(house: House, owner: httpx2.AsyncClient) -> None:
    for number in range(1, 7):
        await house.load(line(bytes([number] * 16), visit=number, occurred_at=NOW, path=HOSTILE, source=HOSTILE))
    html = (await owner.get(PAGE)).text
    assert "<script>alert" not in html
    assert strips(html)[0] == [HOSTILE]


@pytest.mark.parametrize(
    "state", ["offset=x", "offset=10001", f"offset={'9' * 5000}", "f=is:city:Berlin", "f=is:luck:x"]
)
async def test_what_cannot_be_shown_is_refused_in_words(house: House, owner: httpx2.AsyncClient, state: str) -> None:
    answer = await owner.get(f"{PAGE}?{state}")
    assert answer.status_code == 400
    assert "This page cannot be shown" in answer.text


@pytest.mark.parametrize(
    ("field", "value"), [("filters", "x"), ("filters", '[["is","city",["Bonn"]]]'), ("offset", "-1"), ("offset", "1e3")]
)
async def test_the_api_names_what_is_wrong(house: House, owner: httpx2.AsyncClient, field: str, value: str) -> None:
    answer = await owner.get("/api/v1/visits", params={"site": SITE, field: value})
    assert answer.status_code == 400
    assert answer.json()["field"].startswith(field)


async def test_a_notice_that_hides_single_visits_hides_them_everywhere(house: House, owner: httpx2.AsyncClient) -> None:
    """Page, navigation, API and journeys; and what was collected under it is shown by no later notice."""
    earlier = house.follower.current[SITE].id
    now = int(time.time())
    await house.load(line(site=SITE, occurred_at=NOW, path="/before", notice=earlier, visit=1))
    hidden = await published(house, now + 1, visits="hidden", k=1)
    await house.load(line(site=SITE, occurred_at=NOW, path="/under", notice=hidden, visit=2))
    page = await owner.get(PAGE)
    assert (page.status_code, "Single visits are not shown" in page.text) == (403, True)
    assert f'href="{PAGE}' not in (await owner.get(f"/sites/{SITE}")).text
    refused = await owner.get("/api/v1/visits", params={"site": SITE})
    assert (refused.status_code, refused.json()["type"]) == (403, "visits-hidden")
    assert "byleave site set --visits shown" in refused.json()["detail"]
    journeys = f"/sites/{SITE}/journeys"
    found = re.search(r"focus=[^\"&]+", (await owner.get(journeys)).text)
    assert found
    assert "Visits behind it" not in (await owner.get(f"{journeys}?{unescape(found[0])}")).text
    after = await published(house, now + 2, visits="shown")
    await house.load(line(site=SITE, occurred_at=NOW, path="/after", notice=after, visit=3))
    told = (await owner.get("/api/v1/visits", params={"site": SITE})).json()["visits"]
    assert len(told) == 2
    rows = await owner.post("/api/v1/query", json={"site": SITE, "from": TODAY, "to": TODAY, "metrics": ["visits"]})
    assert rows.json()["totals"]["visits"] == 3, "every other report counts them as ever"
    assert (await owner.get(PAGE)).status_code == 200
    assert "Visits behind it" in (await owner.get(f"{journeys}?{unescape(found[0])}")).text


async def published(house: House, at: int, **changes: str | int) -> str:
    """The id of a new notice with these changes."""
    async with house.state.write() as connection:
        before = house.follower.current[SITE].id
        found = await republish(connection, SITE, changes, at, "somebody", before)
    await house.follower.refresh()
    return found.id
