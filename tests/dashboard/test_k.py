"""k on every way out: a city of fewer than k people is planted, and each answer is searched for it, byte by byte."""

import asyncio
import csv
import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from dashboard.query.request import QueryRequest
from dashboard.query.run import query_pages, run_query
from dashboard.query.site import SiteFacts
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.dashboard.export.test_route import export, read_parquet
from tests.rows import line

K = 5  # what the house's notice promises
TODAY = datetime.now(UTC).date().isoformat()
NOW = f"{TODAY} 00:00:00"
SMALL, ALONE, LARGE = "Kleinstadt", "Weiler", "Berlin"
DAY: dict[str, Any] = {"site": SITE, "from": TODAY, "to": TODAY, "metrics": ["visits"]}
WITH_CITY: dict[str, dict[str, Any]] = {
    "city": {"dimensions": ["city"]},
    "city and country": {"dimensions": ["city", "country"]},
    "city and browser": {"dimensions": ["browser", "city"]},
    "city and page": {"dimensions": ["city", "page"], "metrics": ["pageviews"]},
    "city by hour": {"dimensions": ["time:hour", "city"]},
    "city, compared": {"dimensions": ["city"], "compare": "previous"},
    "city, by name": {"dimensions": ["city"], "order": [["city", "desc"]], "limit": 2},
    "city of one country": {"dimensions": ["city"], "filters": [["is", "country", ["DE"]]]},
    "city of one browser": {"dimensions": ["city"], "filters": [["is", "browser", ["Opera"]]]},
}


@pytest.fixture
async def peopled(house: House) -> House:
    """Berlin with six people, a small town with four (in nine visits), a hamlet in another country with one."""
    people = [("DE", LARGE, "Firefox")] * 6 + [("DE", SMALL, "Opera")] * (K - 1) + [("AT", ALONE, "Opera")]
    visit = 0
    for number, (country, city, browser) in enumerate(people):
        for _ in range(2 if city == SMALL else 1):
            visit += 1
            place = {"country": country, "city": city, "browser": browser}
            await house.load(line(bytes([number] * 16), visit=visit, occurred_at=NOW, path="/town", **place))
    return house


def named(answer: bytes | str) -> list[str]:
    """The small places that an answer names."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return [city for city in (SMALL, ALONE) if city in text]


async def test_query_and_every_export_fold_alike(peopled: House, owner: httpx2.AsyncClient, tmp_path: Path) -> None:
    for name, asked in WITH_CITY.items():
        query = DAY | asked
        answer = await owner.post("/api/v1/query", json=query)
        assert answer.status_code == 200, (name, answer.text)
        assert named(answer.content) == [], name
        report = answer.json()
        if "filters" not in query and "limit" not in query:
            assert sum(row["metrics"][0] for row in report["rows"]) == report["totals"][query["metrics"][0]] == 15, name
            assert report["withheld"]["visits"] == 9, name
        names = [*query["dimensions"], *query["metrics"]] + ["compare:visits"] * ("compare" in query)
        rows = [[*row["dims"], *row["metrics"], *row.get("compare", ())] for row in report["rows"]]
        as_csv, as_json, as_parquet = [await export(owner, form, query) for form in ("csv", "json", "parquet")]
        assert [named(file.content) for file in (as_csv, as_json, as_parquet)] == [[], [], []], name
        assert as_json.json() == [dict(zip(names, row, strict=True)) for row in rows], name
        cells = list(csv.reader(io.StringIO(as_csv.text, newline="")))[1:]
        assert cells == [["" if cell is None else str(cell) for cell in row] for row in rows], name
        assert (await asyncio.to_thread(read_parquet, as_parquet.content, tmp_path)) == (names, rows), name


async def test_the_page_folds_as_the_query_does(peopled: House, owner: httpx2.AsyncClient) -> None:
    page = f"/sites/{SITE}"
    today = f"from={TODAY}&to={TODAY}"
    for where in (f"?places=cities&{today}", f"/rows/cities?{today}", f"/journeys?{today}"):
        answer = await owner.get(page + where)
        assert answer.status_code == 200, where
        assert named(answer.content) == [], where
    shown = (await owner.get(f"{page}?places=cities&from={TODAY}&to={TODAY}")).text
    assert all(name in shown for name in (LARGE, "elsewhere in Germany", "elsewhere in Austria"))


async def test_a_filter_on_a_small_city_neither_confirms_nor_counts_it(
    peopled: House, owner: httpx2.AsyncClient
) -> None:
    nobody = "Nirgendwo"
    for operator, asked in itertools.product(("is", "contains", "matches"), (SMALL, ALONE)):
        answers = []
        for city in (asked, nobody):
            query = DAY | {"dimensions": ["browser"], "filters": [[operator, "city", [city]]]}
            answers.append((await owner.post("/api/v1/query", json=query)).json())
        assert answers[0]["rows"] == answers[1]["rows"] == []
        assert answers[0]["totals"] == answers[1]["totals"] == {"visits": 0}


async def test_recent_visits_journeys_and_volume_never_name_a_city(peopled: House, owner: httpx2.AsyncClient) -> None:
    journeys = {"site": SITE, "from": TODAY, "to": TODAY, "filters": [["is_not", "city", ["Nirgendwo"]]]}
    answers = [
        await owner.get(f"/api/v1/visits?site={SITE}"),
        await owner.get(f"/api/v1/volume?site={SITE}"),
        await owner.get(f"/api/v1/live?site={SITE}"),
        await owner.post("/api/v1/journeys", json=journeys),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert not [city for city in (SMALL, ALONE, LARGE) if city in answer.text]


# --- the view of somebody without a sign-in

RARE: dict[str, dict[str, Any]] = {
    "country": {"dimensions": ["country"]},
    "city": {"dimensions": ["city"]},
    "browser": {"dimensions": ["browser"]},
    "source": {"dimensions": ["source"]},
    "campaign": {"dimensions": ["utm_campaign"]},
    "page": {"dimensions": ["page"], "metrics": ["pageviews"]},
    "entry page": {"dimensions": ["entry_page"]},
    "click": {"dimensions": ["click"], "metrics": ["clicks"]},
    "event": {"dimensions": ["event"], "metrics": ["events"]},
    "property": {"dimensions": ["prop:plan"], "metrics": ["events"]},
    "source by hour": {"dimensions": ["time:hour", "source"]},
    "page and country, compared": {"dimensions": ["entry_page", "country"], "compare": "previous"},
}


async def test_a_shared_view_holds_every_text_to_k(house: House) -> None:
    """Six people share every text; four others have texts of their own, each named `rare`."""
    for number in range(10):
        await house.load(*_visit(number, "rare" if number >= 6 else "usual"))
    site = SiteFacts(SITE, "Europe/Berlin", K)
    for name, asked in RARE.items():
        request = msgspec.convert(DAY | asked, QueryRequest)
        report = await run_query(request, house.store, site, shared=True)
        told = json.dumps(report["rows"])
        assert "rare" not in told, name
        assert '"LI"' not in told, name
        assert "usual" in told or '"DE"' in told, name
        assert report["withheld"]["visits"] == 4, name
        pages = [page async for page in query_pages(request, house.store, site, shared=True)]
        assert [row for page in pages for row in page] == report["rows"], name
        in_full = json.dumps((await run_query(request, house.store, site))["rows"])
        assert name == "city" or "rare" in in_full or '"LI"' in in_full, f"{name}: nothing was planted"


def _visit(number: int, text: str) -> Iterator[bytes]:
    """A pageview, a click and an event of one person, with the same text wherever there can be one."""
    subject = bytes([number + 1] * 16)
    place = {"country": "LI" if text == "rare" else "DE", "city": f"{text} city"}
    common = {"visit": number + 1, "occurred_at": NOW, "browser": f"{text} browser", "path": f"/{text}", **place}
    yield line(subject, nth=0, **common, source=f"{text}.example", channel="Referral", utm_campaign=text)
    yield line(subject, nth=1, **common, kind="click", target=text, target_kind="button")
    yield line(subject, nth=2, **common, kind="event", target=text, props=json.dumps({"plan": text}))
