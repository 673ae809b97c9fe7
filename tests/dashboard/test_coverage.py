"""Coverage: the share of yes among asks by local days, unknown where nobody counted, the same in API and page."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from collector import asks
from dashboard.pages.figures import percent
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House

API = "/api/v1/coverage"
PAGE = f"/sites/{SITE}"
DAY = date(2026, 7, 15)  # Berlin is two hours ahead of UTC


def hour(text: str) -> int:
    """Unix seconds of an hour of UTC."""
    return int(datetime.fromisoformat(f"{text}:00+00:00").timestamp())


async def counted(house: House, *rows: tuple[str, int, int, int], site: str = SITE) -> None:
    """Hours of UTC with their asks, yeses and yeses elsewhere."""
    counts: dict[tuple[str, int, str], int] = {}
    for at, asked, yes, elsewhere in rows:
        for what, number in (("asks", asked), ("yes", yes), ("elsewhere", elsewhere)):
            counts[site, hour(at), what] = number
    await asks.add(house.state, counts)


async def coverage(client: httpx2.AsyncClient, first: date = DAY, last: date = DAY, site: str = SITE) -> Any:
    answer = await client.get(API, params={"site": site, "from": first.isoformat(), "to": last.isoformat()})
    assert answer.status_code == 200, answer.text
    return answer.json()


CASES: list[tuple[str, list[tuple[str, int, int, int]], dict[str, Any]]] = [
    ("nobody was asked", [], {"asks": 0, "yes": 0, "share": None, "why": "none"}),
    ("asked without a yes", [("2026-07-15T10", 4, 0, 0)], {"asks": 4, "yes": 0, "share": 0, "why": None}),
    (
        "several hours",
        [("2026-07-15T10", 3, 1, 0), ("2026-07-15T11", 1, 1, 0)],
        {"asks": 4, "yes": 2, "share": 0.5, "why": None},
    ),
    (
        "the local day's first and last hour, and the hours beside them",
        [
            ("2026-07-14T21", 100, 100, 9), ("2026-07-14T22", 1, 1, 0), ("2026-07-15T21", 3, 0, 0),
            ("2026-07-15T22", 100, 100, 9),
        ],
        {"asks": 4, "yes": 1, "share": 0.25, "why": None},
    ),
    (
        "asked before midnight, answered after it",
        [("2026-07-15T10", 2, 3, 0)],
        {"asks": 2, "yes": 3, "share": 1, "why": None},
    ),
    ("only answered", [("2026-07-15T10", 0, 3, 0)], {"asks": 0, "yes": 3, "share": None, "why": "none"}),
    (
        "one yes that a CMP asked for",
        [("2026-07-15T10", 50, 20, 0), ("2026-07-15T12", 0, 0, 1)],
        {"asks": 50, "yes": 20, "share": None, "why": "cmp"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_the_share_of_yes_among_asks(
    house: House, owner: httpx2.AsyncClient, rows: list[tuple[str, int, int, int]], told: dict[str, Any]
) -> None:
    await counted(house, *rows)
    await counted(house, ("2026-07-15T10", 1_000, 1, 1), site=OTHER)
    assert await coverage(owner) == told


async def test_a_range_of_days_adds_them_up(house: House, owner: httpx2.AsyncClient) -> None:
    await counted(house, ("2026-03-28T23", 7, 1, 0), ("2026-03-29T21", 5, 1, 0), ("2026-03-29T22", 9, 9, 0))
    # The 29th has 23 hours there, from 23:00 UTC of the day before to 22:00 UTC.
    assert (await coverage(owner, date(2026, 3, 29), date(2026, 3, 29)))["asks"] == 12
    assert (await coverage(owner, date(2026, 3, 28), date(2026, 3, 30)))["asks"] == 21


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"to": "2026-07-15"}, "from"),
        ({"from": "2026-07-15"}, "to"),
        ({"from": "15.07.2026", "to": "2026-07-15"}, "from"),
        ({"from": "2026-07-16", "to": "2026-07-15"}, "from"),
        ({"from": "2026-07-15'; DROP TABLE ask; --", "to": "2026-07-15"}, "from"),
    ],
)
async def test_a_range_that_is_none_is_named(
    house: House, owner: httpx2.AsyncClient, asked: dict[str, str], field: str
) -> None:
    answer = await owner.get(API, params={"site": SITE, **asked})
    assert (answer.status_code, answer.json()["type"], answer.json()["field"]) == (400, "bad-query", field)


async def test_a_token_reads_its_own_site_alone(house: House, token: str) -> None:
    async with house.browser() as script:
        script.headers["authorization"] = f"Bearer {token}"
        assert (await coverage(script))["why"] == "none"
        answer = await script.get(API, params={"site": OTHER, "from": "2026-07-15", "to": "2026-07-15"})
        assert answer.status_code == 404
        del script.headers["authorization"]
        assert (await script.get(API, params={"site": SITE})).status_code == 401


SHOWN: list[tuple[str, tuple[int, int, int], str, str]] = [
    ("a share", (2_000, 820, 0), "Yes to 41 % of asks.", "Yeses: 820, asks: 2,000,"),
    ("a little", (2_000, 1, 0), "Yes to < 1 % of asks.", "Yeses: 1, asks: 2,000,"),
    ("more yeses than asks", (2, 3, 0), "Yes to 100 % of asks.", "Yeses: 3, asks: 2,"),
    ("a CMP", (2_000, 820, 1), "The share of yes is unknown.", "the site asked by itself"),
    ("no ask", (0, 0, 0), "No ask was counted.", "Nobody fetched"),
]


@pytest.mark.parametrize(("numbers", "line", "why"), [row[1:] for row in SHOWN], ids=[row[0] for row in SHOWN])
async def test_the_overview_says_it_in_one_line_and_explains_it(
    visited: House, owner: httpx2.AsyncClient, numbers: tuple[int, int, int], line: str, why: str
) -> None:
    today = datetime.now(UTC)
    await counted(visited, (f"{today - timedelta(days=2):%Y-%m-%dT%H}", *numbers))
    page = (await owner.get(PAGE)).text
    shown = re.search(r'<span tabindex="0" aria-describedby="(.+?)">(.+?)</span>', page)
    assert shown is not None
    help_ = re.search(rf'<span class="tip" role="tooltip" id="{shown[1]}">(.+?)</span>', page)
    assert help_ is not None
    assert shown[2].replace("&lt;", "<") == line
    assert why in help_[1]
    assert "refus" not in shown[2] + help_[1]
    first, last = (today - timedelta(days=40)).date(), today.date()
    found = await coverage(owner, first, last)
    if found["share"] is not None:
        assert percent(found["share"]) in line
