"""The page of goals and funnels: its numbers are the API's and the oracle's, and its links lead on."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest
import pytest_asyncio

from collector.state.funnels import keep_funnel
from collector.state.goals import keep_goal
from dashboard.pages.figures import fine_percent, percent, ratio
from dashboard.pages.journey_steps import write_step
from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import opened, sign_in
from tests.dashboard.pages.test_overview import Elements
from tests.query import journey_oracle
from tests.query.oracle import answer
from tests.query.oracle_visit import Event
from tests.rows import line

PAGE = f"/sites/{SITE}/goals"
UNTIL = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
DAYS = {"from": f"{UNTIL - timedelta(days=29):%Y-%m-%d}", "to": f"{UNTIL:%Y-%m-%d}"}
BEFORE = {"from": f"{UNTIL - timedelta(days=59):%Y-%m-%d}", "to": f"{UNTIL - timedelta(days=30):%Y-%m-%d}"}
STATE = f"{PAGE}?from={DAYS['from']}&to={DAYS['to']}"
GOALS: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("Signed up", {"event": "signup"}, False),
    ("Read a <b>post</b>", {"page": "/blog/*"}, False),
    ("Trial", {"click": "start-free-trial"}, False),
    ("Sold", {"event": "sold"}, True),
)
FUNNELS: tuple[tuple[str, str, list[dict[str, str]]], ...] = (
    ("To the account", "loose", [{"page": "/"}, {"page": "/pricing"}, {"page": "/signup"}, {"event": "signup"}]),
    ("At <b>once</b>", "strict", [{"page": "/"}, {"page": "/pricing"}]),
)
FILTERS = [["is", "channel", ["Search", "Direct"]]]
FILTERED = "&f=is:channel:Search,Direct"


def sales() -> list[bytes]:
    """Amounts in two currencies, in visits of their own."""
    found = []
    for number in range(9):
        at = f"{UNTIL - timedelta(days=number * 5, hours=2):%Y-%m-%d %H:%M:%S}"
        told: dict[str, Any] = {"visit": 90_000 + number, "occurred_at": at, "host": SITE}
        found.append(line(bytes([number] * 16), path="/sale", channel="Direct", **told))
        sale = {"target": "sold", "value": 10.25 + number, "currency": "EUR" if number % 3 else "CHF"}
        found.append(line(bytes([number] * 16), path="/sale", kind="event", nth=1, **sale, **told))
    return found


def events() -> list[Event]:
    """The rows of the site as the oracle takes them."""
    found = []
    for one in [*lines(300, UNTIL), *sales()]:
        row: dict[str, Any] = msgspec.json.decode(one)
        row |= {"occurred_at": datetime.fromisoformat(row["occurred_at"]), "subject": UUID(row["subject"])}
        found.append(Event(**row))
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shopkeeper(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A signed-in browser of a house with visits, goals and funnels."""
    async with opened(tmp_path_factory.mktemp("shop")) as house:
        await house.load(*lines(300, UNTIL), *sales())
        async with house.state.write() as connection:
            for name, step, valued in GOALS:
                await keep_goal(connection, SITE, name, step, valued)
            for name, mode, steps in FUNNELS:
                await keep_funnel(connection, SITE, name, mode, steps)
        async with house.browser() as browser:
            assert (await sign_in(browser)).status_code == 303
            yield browser


pytestmark = pytest.mark.asyncio(loop_scope="module")


def rows(html: str) -> list[list[str]]:
    """The numbers of each goal in the table, as they are written."""
    table = html.partition('id="goals"')[2].partition("</table>")[0]
    return [re.findall(r'<span class="number">([^<]*)</span>', row) for row in table.split('id="goal-')[1:]]


def stages(html: str, funnel: int) -> list[tuple[str, str]]:
    """Visits and share at each step of a funnel, as they are written."""
    part = html.partition(f'id="funnel-{funnel}"')[2].partition("</article>")[0]
    return re.findall(r'<strong>([^<]*)</strong> <span class="share"[^>]*>([^<]*)</span>', part)


def table(html: str, funnel: int) -> list[list[str]]:
    """The table of a funnel: its cells as text."""
    part = html.partition(f'id="funnel-{funnel}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    plain = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in part.split("<tr>")[1:]]
    return [[" ".join(re.sub(r"<p.*?</p>|<[^>]*>", "", cell).split()) for cell in row] for row in plain]


@pytest.mark.parametrize(("filters", "state"), [([], STATE), (FILTERS, STATE + FILTERED)], ids=["all", "filtered"])
async def test_page_api_and_oracle_agree_on_goals(
    shopkeeper: httpx2.AsyncClient, filters: list[Any], state: str
) -> None:
    shown = rows((await shopkeeper.get(state)).text)
    for (name, step, valued), told in zip(GOALS, shown, strict=True):
        query: dict[str, Any] = {"site": SITE, **DAYS, "metrics": ["conversions", "conversion_rate"], "goal": step}
        query |= {"filters": filters, "compare": "previous"}
        report = (await shopkeeper.post("/api/v1/query", json=query)).json()
        expected = answer(events(), query, SITE, "Europe/Berlin", 5)
        assert report["totals"] == pytest.approx(expected["totals"]), name
        assert report["rows"][0]["compare"] == pytest.approx(expected["rows"][0]["compare"]), name
        assert told[:2] == [f"{report['totals']['conversions']:,}", fine_percent(report["totals"]["conversion_rate"])]
        if not valued:
            continue
        own = ["matches", "event", [step["event"]]]
        query = {"site": SITE, **DAYS, "metrics": ["value"], "dimensions": ["currency"], "filters": [*filters, own]}
        report = (await shopkeeper.post("/api/v1/query", json=query)).json()
        assert report["rows"] == answer(events(), query, SITE, "Europe/Berlin", 5)["rows"]
        assert len(report["rows"]) == 2
        assert told[2:] == [f"{ratio(row['metrics'][0])} {row['dims'][0]}" for row in report["rows"]]


@pytest.mark.parametrize(("filters", "state"), [([], STATE), (FILTERS, STATE + FILTERED)], ids=["all", "filtered"])
async def test_page_api_and_oracle_agree_on_funnels(
    shopkeeper: httpx2.AsyncClient, filters: list[Any], state: str
) -> None:
    html = (await shopkeeper.get(state)).text
    assert "At &lt;b&gt;once" in html
    assert "<b>once" not in html
    for number, (name, mode, steps) in enumerate(FUNNELS, 1):
        include = sorted({kind for step in steps for kind in step})
        asked: dict[str, Any] = {"site": SITE, "filters": filters, "steps": steps, "mode": mode, "include": include}
        report = (await shopkeeper.post("/api/v1/funnel", json={**asked, **DAYS, "top": 5})).json()
        query = {**asked, **DAYS, "group": "path"}
        journeys = journey_oracle.Journeys(events(), {**query, "steps": 2}, SITE, "Europe/Berlin", 5, ())
        reached, dropped = journey_oracle.funnel(journeys, query)
        assert [step["visits"] for step in report["steps"]] == [visits for visits, _ in reached], name
        assert reached[-1][0] > 3, "there is something to compare"
        expected = [(f"{step['visits']:,}", percent(step["share"])) for step in report["steps"]]
        assert stages(html, number) == expected
        for told, step, ways, row in zip(steps, report["steps"], [*dropped, {}], table(html, number), strict=True):
            assert row[1:4] == [write_step(told), f"{step['visits']:,}", percent(step["share"])]
            gone = step.get("dropped", {"visits": 0, "next": [], "other": {"visits": 0}, "left": 0})
            assert gone["visits"] == sum(visits for visits, _ in ways.values())
            assert gone["left"] == ways.get(None, (0, 0))[0]
            assert (
                sum(node["visits"] for node in gone["next"]) + gone["other"]["visits"] + gone["left"] == gone["visits"]
            )
            named = {node["label"]: node["visits"] for node in gone["next"]}
            assert named.items() <= {node[2]: visits for node, (visits, _) in ways.items() if node}.items()
            written = re.findall(r"(?:^|; )(.*?) (\d+) \(", row[5])
            assert [int(visits) for _, visits in written] == [
                visits for visits in (*named.values(), gone["other"]["visits"], gone["left"]) if visits
            ]


async def test_a_funnel_is_compared_with_itself_before(shopkeeper: httpx2.AsyncClient) -> None:
    _, mode, steps = FUNNELS[1]
    asked = {"site": SITE, "steps": steps, "mode": mode}
    now, before = [
        (await shopkeeper.post("/api/v1/funnel", json={**asked, **days})).json()["steps"][-1]["share"]
        for days in (DAYS, BEFORE)
    ]
    part = (await shopkeeper.get(STATE)).text.partition('id="funnel-2"')[2].partition("</header>")[0]
    assert f"{abs(now - before) * 100:.1f} pt" in part
    assert fine_percent(before) in part
    alone = (await shopkeeper.get(f"{STATE}&compare=none")).text
    assert 'class="change' not in alone


@pytest.mark.parametrize("metric", ["conversions", "conversion_rate"])
async def test_the_line_is_the_reports(shopkeeper: httpx2.AsyncClient, metric: str) -> None:
    html = (await shopkeeper.get(f"{STATE}&compare=none&goal=2&metric={metric}")).text
    query = {"site": SITE, **DAYS, "metrics": [metric], "dimensions": ["time:day"], "goal": GOALS[1][1]}
    report = (await shopkeeper.post("/api/v1/query", json=query)).json()
    drawn = html.partition('id="trend"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    written = re.findall(r"<td>([^<]*)</td>", drawn)
    form = fine_percent if metric == "conversion_rate" else lambda value: f"{value:,}"
    assert written == [form(row["metrics"][0] or 0) for row in report["rows"]]
    assert "Read a &lt;b&gt;post&lt;/b&gt;, " in html


async def test_clicks_filter_and_lead_to_the_journeys(shopkeeper: httpx2.AsyncClient) -> None:
    page = Elements((await shopkeeper.get(STATE)).text)
    on = next(href for href in page.hrefs() if href.endswith("f=matches:page:/blog/*"))
    filtered = (await shopkeeper.get(on)).text
    assert rows(filtered)[1][1] == "100 %"
    assert "Page matches /blog/*" in filtered
    journeys = [href for href in page.hrefs() if "/journeys?" in href]
    assert len(journeys) >= len(GOALS) + sum(len(steps) for _, _, steps in FUNNELS)
    for href in dict.fromkeys(journeys):
        assert "visits, repeats collapsed" in (await shopkeeper.get(href)).text, href


async def test_amounts_are_not_told_by_halves(shopkeeper: httpx2.AsyncClient) -> None:
    narrowed = (await shopkeeper.get(f"{STATE}&f=contains:page:/")).text
    assert narrowed.count("No value is shown under a filter") == 1
    assert '<span aria-describedby="no-amounts">–</span>' in narrowed
    own = (await shopkeeper.get(f"{STATE}&f=matches:event:sold")).text
    assert "No value is shown under a filter" not in own
    assert len(rows(own)[3]) == 4


async def test_files_hold_what_the_page_shows(shopkeeper: httpx2.AsyncClient) -> None:
    answered = await shopkeeper.get(f"{STATE}&file=goals")
    assert answered.headers["content-disposition"].startswith(f'attachment; filename="{SITE}-goals-')
    goals = list(csv.DictReader(io.StringIO(answered.text)))
    html = (await shopkeeper.get(STATE)).text
    assert [f"{int(row['conversions']):,}" for row in goals if row["conversions"]] == [row[0] for row in rows(html)]
    assert [row["currency"] for row in goals if row["value"]] == ["EUR", "CHF"]
    assert "compare:conversions" in goals[0]
    funnels = list(csv.DictReader(io.StringIO((await shopkeeper.get(f"{STATE}&file=funnels")).text)))
    told = [(f"{int(row['visits']):,}", percent(float(row["share"]))) for row in funnels if row["what"] == "reached"]
    assert told == stages(html, 1) + stages(html, 2)
    ways = [
        row
        for row in funnels
        if row["funnel"] == "At <b>once</b>" and row["number"] == "1" and row["what"] != "reached"
    ]
    (first,) = [
        row for row in funnels if row["funnel"] == "At <b>once</b>" and (row["number"], row["what"]) == ("1", "reached")
    ]
    (second,) = [row for row in funnels if row["funnel"] == "At <b>once</b>" and row["number"] == "2"]
    assert sum(int(way["visits"]) for way in ways) == int(first["visits"]) - int(second["visits"])
    assert (await shopkeeper.get(f"{STATE}&file=all")).status_code == 400


async def test_few_people_under_a_filter_on_the_city_are_not_told(shopkeeper: httpx2.AsyncClient) -> None:
    html = (await shopkeeper.get(f"{STATE}&f=is:city:Umea")).text
    assert "fewer than 5 people" in html
    html = (await shopkeeper.get(f"{STATE}&f=is:city:Berlin")).text
    assert all(not numbers[0].isdigit() or int(numbers[0]) >= 5 or numbers[0] == "0" for numbers in rows(html))


@pytest.mark.parametrize("state", ["goal=99", "goal=x", "metric=luck", "by=minute", "done=luck", "done=goal_kept"])
async def test_an_address_that_names_nothing_shows_the_first(shopkeeper: httpx2.AsyncClient, state: str) -> None:
    answered = await shopkeeper.get(f"{PAGE}?{state}")
    assert answered.status_code == 200
    assert "Signed up, " in answered.text
    assert ("The goal is saved." in answered.text) is (state == "done=goal_kept")
