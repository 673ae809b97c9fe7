"""The journeys page: its columns add up, in the picture and in words, and every control works without script."""

import re
from datetime import UTC, datetime

import httpx2
import pytest

from dashboard.pages.journeys import parse_step
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.dashboard.pages.test_overview import Elements
from tests.rows import line

PAGE = f"/sites/{SITE}/journeys"


def columns(html: str) -> list[tuple[list[int], int]]:
    """Of each column the numbers of its rows, and the sum below."""
    found = []
    for section in re.findall(r"<section>(.*?)</section>", html, re.S):
        *rows, total = [int(number.replace(",", "")) for number in re.findall(r"</th><td>([\d,]+)</td>", section)]
        found.append((rows, total))
    return found


def matched(html: str) -> int:
    found = re.search(r'id="denominator"[^>]*>([\d,]+)', html)
    assert found
    return int(found[1].replace(",", ""))


STATES = [
    ("", 5),
    ("steps=3&top=5", 3),
    ("anchor=start&step=/pricing", 5),
    ("anchor=end&step=/signup&include=page&include=click", 5),
    ("anchor=through&step=/pricing&group=folder", 5),
    ("anchor=start&step=click:start-free-trial", 5),
    ("anchor=start&step=event:signup&steps=2", 2),
    ("f=is:country:DE&group=pattern", 5),
]


@pytest.mark.parametrize(("state", "count"), STATES)
async def test_every_column_adds_up(visited: House, owner: httpx2.AsyncClient, state: str, count: int) -> None:
    answer = await owner.get(f"{PAGE}?{state}")
    assert answer.status_code == 200
    shown = columns(answer.text)
    assert len(shown) == count
    assert matched(answer.text) > 0
    for rows, total in shown:
        assert sum(rows) == total == matched(answer.text)


async def test_the_page_is_the_reports(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}?from=2020-01-01&to=2100-01-01")).text
    asked = {"site": SITE, "from": "2020-01-01", "to": "2100-01-01"}
    report = (await owner.post("/api/v1/journeys", json=asked)).json()
    assert matched(html) == report["visits"] == 300
    drawn = re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', html)
    named = {node["id"] for column in report["columns"] for node in column["nodes"]}
    links = {(link["from"], link["to"]) for link in report["links"]}
    assert {link for link in links if link[0] in named and link[1] in named} <= set(drawn) <= links
    assert {attributes["data-node"] for _, attributes in Elements(html).found if "data-node" in attributes} >= named


async def test_a_node_leads_on_from_there(visited: House, owner: httpx2.AsyncClient) -> None:
    page = Elements((await owner.get(PAGE)).text)
    onward = next(href for href in page.hrefs() if "step=/pricing" in href)
    assert onward == f"{PAGE}?anchor=start&step=/pricing"
    html = (await owner.get(onward)).text
    assert columns(html)[0][0] == [matched(html)]


@pytest.mark.parametrize("path", ["/a*", "/a?", "/a" + chr(92) + "*"])
async def test_a_node_that_holds_a_glob_leads_on_to_itself(house: House, owner: httpx2.AsyncClient, path: str) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    for number in range(1, 13):
        shown = path if number < 7 else "/abc"
        await house.load(line(bytes([number] * 16), visit=number, occurred_at=now, path=shown))
    onward = [href for href in Elements((await owner.get(PAGE)).text).hrefs() if "anchor=start" in href]
    assert {matched((await owner.get(href)).text) for href in onward} == {6}


async def test_visits_without_a_step_are_told(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    click = {"kind": "click", "target": "a", "target_kind": "button"}
    await house.load(
        *(line(bytes([n] * 16), visit=n, occurred_at=now) for n in range(1, 8)),
        *(line(bytes([n] * 16), visit=n, occurred_at=now, **click) for n in range(8, 10)),
    )
    html = (await owner.get(PAGE)).text
    assert ">7 of 9 visits, repeats collapsed<" in html
    assert "like a visit without a page" in html
    whole = (await owner.get(f"{PAGE}?include=page&include=click")).text
    assert ">9 visits, repeats collapsed<" in whole
    assert "denominator-help" not in whole


async def test_other_opens(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}?top=5&steps=2")).text
    onward = next(href for href in Elements(html).hrefs() if "open=1" in href)
    opened = (await owner.get(onward.partition("#")[0])).text
    assert 'id="opened"' in opened
    assert "Other, Step 2" in opened


async def test_a_step_nobody_takes_says_so(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}?anchor=start&step=/nowhere")).text
    assert "No visit takes this step" in html


@pytest.mark.parametrize(
    "state", ["steps=99", "steps=x", "top=7", "group=luck", "anchor=middle", "open=9", "open=x", "step=" + "x" * 3000]
)
async def test_a_wrong_control_is_refused_in_words(house: House, owner: httpx2.AsyncClient, state: str) -> None:
    answer = await owner.get(f"{PAGE}?{state}")
    assert answer.status_code == 400
    assert "This page cannot be shown" in answer.text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("/blog/*", {"page": "/blog/*"}),
        (" click:Sign up ", {"click": "Sign up"}),
        ("event:order", {"event": "order"}),
        ("page:/a", {"page": "/a"}),
        ("/a:b", {"page": "/a:b"}),
    ],
)
def test_steps_read_as_people_write_them(text: str, step: dict[str, str]) -> None:
    assert parse_step(text) == step
