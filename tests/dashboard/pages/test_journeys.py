"""The journeys page: its columns add up, in the picture and in words, and every control works without script."""

import csv
import re
from datetime import UTC, datetime
from urllib.parse import quote

import httpx2
import pytest

from dashboard.pages.figures import duration
from dashboard.pages.journey_columns import halves
from dashboard.pages.journey_steps import parse_step
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.dashboard.pages.test_overview import Elements
from tests.rows import line

PAGE = f"/sites/{SITE}/journeys"


def columns(html: str) -> list[tuple[list[int], int]]:
    """Of each column the numbers of its rows, and the sum below."""
    found = []
    for section in re.findall(r"<section>(.*?)</section>", html, re.S):
        *rows, total = [
            int(number.replace(",", "")) for number in re.findall(r"</th><td>(?:<a [^>]*>)?([\d,]+)", section)
        ]
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
    drawn = re.findall(r'class="ribbon[^>]* data-from="([^"]+)" data-to="([^"]+)"', html)
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


async def test_the_panel_of_a_node_is_the_report(visited: House, owner: httpx2.AsyncClient) -> None:
    asked = {"site": SITE, "from": "2020-01-01", "to": "2100-01-01"}
    report = (await owner.post("/api/v1/journeys", json=asked)).json()
    node = report["columns"][0]["nodes"][0]
    focused = (await owner.post("/api/v1/journeys", json={**asked, "focus": node["id"]})).json()["focused"]
    assert focused["median_seconds"] > 0
    html = (await owner.get(f"{PAGE}?from=2020-01-01&to=2100-01-01&focus={node['id']}")).text
    panel = html.partition('id="focus"')[2].partition('id="flows"')[0]
    assert f"{node['label']}, Entry" in panel
    assert f"median {duration(focused['median_seconds'])} here" in panel
    ways = panel.partition("<tbody>")[2].partition("</tbody>")[0]
    shown = [int(number.replace(",", "")) for number in re.findall(r"</th><td>([\d,]+)", ways)]
    links = [link["visits"] for link in report["links"] if link["from"] == node["id"]]
    assert sorted(shown) == sorted(links) and sum(shown) == node["visits"]
    assert "left the site" in ways
    assert re.findall(r'class="strip"', panel)
    chosen = re.findall(r'class="ribbon[^"]* chosen"[^>]*data-from="([^"]+)"', html)
    assert set(chosen) == {node["id"]}


async def test_a_node_that_is_not_there_has_no_panel(visited: House, owner: httpx2.AsyncClient) -> None:
    answer = await owner.get(f"{PAGE}?focus=0:0123456789abcdef")
    assert answer.status_code == 200
    assert 'id="focus"' not in answer.text


async def test_the_links_are_a_file_too(visited: House, owner: httpx2.AsyncClient) -> None:
    answer = await owner.get(f"{PAGE}?from=2020-01-01&to=2100-01-01&file=csv")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    rows = list(csv.DictReader(answer.text.splitlines()))
    asked = {"site": SITE, "from": "2020-01-01", "to": "2100-01-01"}
    links = (await owner.post("/api/v1/journeys", json=asked)).json()["links"]
    assert [int(row["visits"]) for row in rows] == [link["visits"] for link in links]
    assert rows[0]["from_step"] == "Entry"


async def test_hostile_steps_are_text_everywhere(house: House, owner: httpx2.AsyncClient) -> None:
    hostile = "=/<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    for number in range(1, 8):
        await house.load(line(bytes([number] * 16), visit=number, occurred_at=now, path=hostile))
    html = (await owner.get(PAGE)).text
    focus = re.findall(r'data-node="(0:[0-9a-f]+)"', html)[0]
    html += (await owner.get(f"{PAGE}?focus={focus}&f=is:page:{quote(hostile)}")).text
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "'=/<script>" in (await owner.get(f"{PAGE}?file=csv")).text


@pytest.mark.parametrize(
    ("text", "head", "tail"),
    [
        ("/short", "/short", ""),
        ("/just-not-long-enough", "/just-not-long-enough", ""),
        ("/a-very-long-path-to-something", "/a-very-long-path-", "to-something"),
        ("/12345678901234" + "👩‍👩‍👧" * 3, "/12345678901234" + "👩‍👩‍👧", "👩‍👩‍👧" * 2),
        ("/123456789012e\u0301" + "x" * 11, "/123456789012e\u0301", "x" * 11),
    ],
)
def test_a_long_name_has_an_end_that_stays_whole(text: str, head: str, tail: str) -> None:
    assert halves(text) == (head, tail)
