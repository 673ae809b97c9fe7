"""The page about volume and the API's numbers behind it, against a count of the rows by hand."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest

from collector import asks
from dashboard.charts.heat import draw_heat
from dashboard.pages.figures import size
from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import OTHER, House

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime.now(UTC).replace(tzinfo=None)


def counted() -> tuple[Counter[int], Counter[datetime], int]:
    """Pageviews by hour of the week and events by minute, of the 28 days before today, and the events in all."""
    today = datetime.now(BERLIN).date()
    week: Counter[int] = Counter()
    minutes: Counter[datetime] = Counter()
    for row in map(json.loads, lines(300, NOW)):
        at = datetime.fromisoformat(row["occurred_at"]).replace(tzinfo=UTC).astimezone(BERLIN)
        if not today - timedelta(days=28) <= at.date() < today:
            continue
        minutes[at.replace(second=0)] += 1
        if row["kind"] == "pageview":
            week[at.weekday() * 24 + at.hour] += 1
    return week, minutes, minutes.total()


async def test_the_api_is_a_count_of_the_rows(house: House, owner: httpx2.AsyncClient) -> None:
    await house.load(*lines(300, NOW))
    week, minutes, events = counted()
    peak = min(minutes, key=lambda minute: (-minutes[minute], minute))
    hour = int(peak.timestamp()) // 3600 * 3600
    await asks.add(house.state, {(SITE, hour, "asks"): 90, (OTHER, hour, "asks"): 7})
    answer = (await owner.get("/api/v1/volume", params={"site": SITE})).json()
    assert {hour: count for hour, count in enumerate(answer["hour_of_week"]) if count} == week
    found = answer["capacity"]
    assert (found["events"], found["events_per_day"]) == (events, pytest.approx(events / 28))
    assert found["peak"] == {
        "at": peak.isoformat(),
        "events": minutes[peak],
        "asks": 90,
        "requests_per_second": pytest.approx((minutes[peak] + 1.5) / 60),
    }
    stored = await house.store.size()
    disk = found["disk"]
    assert (disk["store_bytes"], disk["store_events"]) == (stored.bytes, stored.rows)
    assert stored.rows == sum(1 for _ in lines(300, NOW))
    assert disk["bytes_per_year"] == pytest.approx(stored.bytes / stored.rows * events / 28 * 365)


async def test_the_page_is_the_api(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"/sites/{SITE}/volume")).text
    answer = (await owner.get("/api/v1/volume", params={"site": SITE})).json()
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    cells = [int(number.replace(",", "")) for number in re.findall(r"<td>([\d,]+)</td>", table)]
    assert [cells[hour * 7 + day] for day in range(7) for hour in range(24)] == answer["hour_of_week"]
    assert f"{answer['busiest_hour']['pageviews']} pageviews" in html
    assert f"{answer['capacity']['peak']['requests_per_second']:,.2f} requests a second" in html
    assert f"{size(answer['capacity']['disk']['bytes_per_day'])} a day" in html
    assert "style=" not in html


async def test_a_site_without_an_event_says_so(house: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"/sites/{SITE}/volume")).text
    assert "Nothing to plan with yet" in html
    assert "<svg" not in html
    answer = (await owner.get("/api/v1/volume", params={"site": SITE})).json()
    assert answer["capacity"] == {"events": 0, "events_per_day": 0.0, "peak": None, "disk": None}


def test_the_steps_of_heat() -> None:
    cells = draw_heat([0, 1, 20, 21, 40, 99, 100] + [0] * 161)
    assert [cell.step for cell in cells[0][:7]] == [0, 1, 1, 2, 2, 5, 5]
    assert {cell.step for row in draw_heat([0] * 168) for cell in row} == {0}


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (999_999, "1,000 kB"), (2.5e9, "2.5 GB"), (7e12, "7.0 TB")],
)
def test_sizes(count: float, told: str) -> None:
    assert size(count) == told
