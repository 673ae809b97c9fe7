"""What stays of expired rows, as the API tells it: what reports said of those days before, where k allows it."""

from datetime import datetime
from typing import Any

import httpx2
import pytest

from collector.store.expiring import Expiring
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.rows import line

PEOPLE = [bytes([person]) * 16 for person in range(1, 30)]


async def totals(client: httpx2.AsyncClient, **asked: str) -> Any:
    answer = await client.get("/api/v1/totals", params={"site": SITE, **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()["days"]


@pytest.fixture
async def expired(house: House, owner: httpx2.AsyncClient) -> tuple[House, Any]:
    """Two days of a year ago, of which a report was made before they expired (the site's clock is Berlin's)."""
    rows = []
    for number, person in enumerate(PEOPLE):
        at = "2025-03-01 12:00:00" if number < 20 else "2025-03-02 12:00:00"
        more = {"channel": "Search" if number % 2 else "Direct", "country": "DE" if number % 5 else "AT"}
        rows += [
            line(person, visit=number, nth=nth, occurred_at=at, site=SITE, **more) for nth in range(1 + number % 3)
        ]
    await house.load(*rows)
    asked = {"site": SITE, "from": "2025-03-01", "to": "2025-03-02", "metrics": ["visits", "pageviews"]}
    before = {}
    for name in ("channel", "country"):
        report = await owner.post("/api/v1/query", json={**asked, "dimensions": ["time:day", name]})
        before[name] = {tuple(row["dims"]): row["metrics"] for row in report.json()["rows"]}
    gone = await house.store.expire([Expiring(SITE, "a" * 64, "UTC", datetime.fromisoformat("2025-03-03"), 4)])
    assert gone == {SITE: len(rows)}
    return house, before


async def test_they_are_what_reports_said(expired: tuple[House, Any], owner: httpx2.AsyncClient) -> None:
    _, before = expired
    found = await totals(owner)
    assert [day["day"] for day in found] == ["2025-03-01", "2025-03-02"]
    for day in found:
        for name, told in (("channel", day["channels"]), ("country", day["countries"])):
            said = {dims[1]: numbers for dims, numbers in before[name].items() if dims[0].startswith(day["day"])}
            named = {entry["name"]: [entry["visits"], entry["pageviews"]] for entry in told if entry["name"]}
            assert named.items() <= said.items()
            for number in ("visits", "pageviews"):
                assert sum(entry[number] for entry in told) == day[number]
            assert [day["visits"], day["pageviews"]] == [sum(column) for column in zip(*said.values(), strict=True)]
    assert {entry["name"] for entry in found[0]["channels"]} == {"Direct", "Search"}
    assert {entry["name"] for entry in found[0]["countries"]} == {"DE", "AT"}
    assert {entry["name"] for entry in found[1]["countries"]} == {""}  # two from Austria: too few, and told by the rest


async def test_a_range_of_days(expired: tuple[House, Any], owner: httpx2.AsyncClient) -> None:
    assert [day["day"] for day in await totals(owner, **{"from": "2025-03-02"})] == ["2025-03-02"]
    assert [day["day"] for day in await totals(owner, to="2025-03-01")] == ["2025-03-01"]
    assert await totals(owner, **{"from": "2025-03-03"}) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"to": "2025-13-01"},
        {"from": "2025-03-02", "to": "2025-03-01"},
        {"from": "2025-03-01T10:00"},
    ],
    ids=str,
)
async def test_a_wrong_range_is_told(house: House, owner: httpx2.AsyncClient, asked: dict[str, str]) -> None:
    answer = await owner.get("/api/v1/totals", params={"site": SITE, **asked})
    assert answer.status_code == 400
    assert answer.json()["field"] in ("from", "to")
