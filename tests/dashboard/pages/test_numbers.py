"""Every number of the overview is the API's and the oracle's, on a generated site."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest

from dashboard.pages.figures import shown
from dashboard.pages.metrics import HEADLINE
from dashboard.pages.overview import ROWS
from dashboard.pages.tabs import PANELS
from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import House
from tests.dashboard.pages.test_overview import figures
from tests.query.oracle import answer
from tests.query.oracle_visit import Event

NUMBER = re.compile(r"</th>\s*<td>([\d,]+)</td>")
UNTIL = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
DAYS = {"from": f"{UNTIL - timedelta(days=29):%Y-%m-%d}", "to": f"{UNTIL:%Y-%m-%d}"}


def events() -> list[Event]:
    """The rows of the believable site as the oracle takes them."""
    found = []
    for line in lines(300, UNTIL):
        row: dict[str, Any] = msgspec.json.decode(line)
        row["occurred_at"] = datetime.fromisoformat(row["occurred_at"])
        row["subject"] = UUID(row["subject"])
        found.append(Event(**row))
    return found


async def test_api_page_and_oracle_agree(house: House, owner: httpx2.AsyncClient) -> None:
    await house.load(*lines(300, UNTIL))
    known = events()

    async def both(**asked: Any) -> dict[str, Any]:
        query = {"site": SITE, **DAYS, "filters": [], **asked}
        report: dict[str, Any] = (await owner.post("/api/v1/query", json=query)).json()
        expected = answer(known, query, SITE, "Europe/Berlin", 5)
        assert report["totals"] == pytest.approx(expected["totals"])
        assert not asked.get("dimensions") or report["rows"] == expected["rows"], asked
        return report

    state = f"from={DAYS['from']}&to={DAYS['to']}&compare=none"
    totals = (await both(metrics=[one.name for one in HEADLINE]))["totals"]
    html = (await owner.get(f"/sites/{SITE}?{state}")).text
    assert figures(html) == [shown(totals[one.name], one.form) for one in HEADLINE]
    for panel in PANELS:
        for tab in panel.tabs:
            only = [["is", tab.beside, [tab.only]]] if tab.only else []
            order = [[tab.metric, "desc"]]
            asked = {"metrics": [tab.metric], "dimensions": list(tab.dimensions), "order": order, "limit": ROWS}
            report = await both(**asked, filters=only)
            page = (await owner.get(f"/sites/{SITE}?{state}&{panel.name}={tab.name}")).text
            numbers = [int(found.replace(",", "")) for found in NUMBER.findall(_part(page, panel.name))]
            assert numbers == [row["metrics"][0] for row in report["rows"]], tab.name


def _part(html: str, panel: str) -> str:
    return html.partition(f'id="panel-{panel}"')[2].partition("</section>")[0]
