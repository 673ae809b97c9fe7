"""The export: the same rows as the query, in three forms, for the same callers, leaving nothing behind."""

import asyncio
import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx2
import pytest

from collector.store.generation import Place
from dashboard.api import ROUTES
from dashboard.export.request import FORMATS
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House
from tests.rows import line

TODAY = datetime.now(UTC).date()
ENDS = {"from": (TODAY - timedelta(days=29)).isoformat(), "to": TODAY.isoformat()}
QUERY: dict[str, Any] = {"site": SITE, **ENDS, "metrics": ["visits", "pageviews", "bounce_rate"]}
QUERIES: dict[str, dict[str, Any]] = {
    "pages": {"dimensions": ["page", "country"], "metrics": ["pageviews", "visits"]},
    "days, compared": {"dimensions": ["time:day"], "compare": "previous"},
    "no dimension, compared": {"compare": "previous"},
    "folded cities": {"dimensions": ["city"]},
    "filtered": {"dimensions": ["source"], "filters": [["is", "country", ["DE"]]]},
    "ordered and cut": {"dimensions": ["page"], "order": [["page", "asc"]], "limit": 3, "offset": 2},
    "nothing": {"dimensions": ["page"], "filters": [["is", "page", ["/nowhere"]]]},
}


async def export(browser: httpx2.AsyncClient, form: str, query: dict[str, Any], **headers: str) -> httpx2.Response:
    sent = {"format": form, "q": json.dumps(query)}
    return await browser.get("/api/v1/export", params=sent, headers=headers)


async def asked(browser: httpx2.AsyncClient, query: dict[str, Any]) -> list[list[Any]]:
    report = (await browser.post("/api/v1/query", json={"limit": 10_000, **query})).json()
    return [[*row["dims"], *row["metrics"], *row.get("compare", ())] for row in report["rows"]]


async def parquet(body: bytes, folder: Path) -> tuple[list[str], list[list[Any]]]:
    return await asyncio.to_thread(read_parquet, body, folder)


def read_parquet(body: bytes, folder: Path) -> tuple[list[str], list[list[Any]]]:
    file = folder / "saved.parquet"
    file.write_bytes(body)
    found = duckdb.execute("FROM read_parquet($1)", [str(file)])
    return [column[0] for column in found.description or []], [list(row) for row in found.fetchall()]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few rows at once that every form is put together from several."""
    monkeypatch.setattr("dashboard.query.run._PAGE_ROWS", 7)


@pytest.mark.parametrize("name", QUERIES)
async def test_every_form_holds_the_rows_of_the_query(
    visited: House, owner: httpx2.AsyncClient, tmp_path: Path, name: str
) -> None:
    query = QUERY | QUERIES[name]
    rows = await asked(owner, query)
    assert bool(rows) == (name != "nothing")
    compared = [f"compare:{each}" for each in query["metrics"] if "compare" in query]
    names = [*query.get("dimensions", []), *query["metrics"], *compared]
    as_json = (await export(owner, "json", query)).json()
    assert as_json == [dict(zip(names, row, strict=True)) for row in rows]
    head, *cells = csv.reader(io.StringIO((await export(owner, "csv", query)).text, newline=""))
    assert (head, cells) == (names, [["" if cell is None else str(cell) for cell in row] for row in rows])
    assert await parquet((await export(owner, "parquet", query)).content, tmp_path) == (names, rows)


async def test_without_a_limit_every_row_is_meant(visited: House, owner: httpx2.AsyncClient) -> None:
    await visited.load(*[line(visit=-n, occurred_at=f"{TODAY} 00:00:00", path=f"/p/{n}") for n in range(1, 151)])
    query = QUERY | {"dimensions": ["page"]}
    assert len((await export(owner, "json", query)).json()) > 150
    assert len((await export(owner, "json", query | {"limit": 20_000})).json()) > 150


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", 'a"b', "a,b", "a\r\nb", "'", "plain", "1-2", "é"]


async def test_no_text_is_a_formula(house: House, owner: httpx2.AsyncClient) -> None:
    for number, text in enumerate(HOSTILE):
        await house.load(line(visit=number, occurred_at=f"{TODAY} 00:00:00", utm_term=text))
    answer = await export(owner, "csv", QUERY | {"dimensions": ["utm_term"]})
    cells = {row[0] for row in csv.reader(io.StringIO(answer.text, newline=""))} - {"utm_term"}
    assert cells == {f"'{text}" if text[0] in "=+-@\t" else text for text in HOSTILE}
    as_json = await export(owner, "json", QUERY | {"dimensions": ["utm_term"]})
    assert {row["utm_term"] for row in as_json.json()} == set(HOSTILE)


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("json", "application/json"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
async def test_the_file_has_a_name_and_leaves_no_other(
    visited: House, owner: httpx2.AsyncClient, tmp_path: Path, form: str, media: str
) -> None:
    answer = await export(owner, form, QUERY | {"from": f"{ENDS['from']}T00:00"})
    assert answer.headers["content-type"] == media
    name = f"{SITE}-{ENDS['from']}T00-00-{ENDS['to']}.{form}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["cache-control"] == "no-store"
    assert await asyncio.to_thread(os.listdir, Place(tmp_path).exporting) == []


async def test_a_property_names_a_column(house: House, owner: httpx2.AsyncClient, tmp_path: Path) -> None:
    props = json.dumps({"it's": "=1", "A": "b"})
    await house.load(line(kind="event", target="order", props=props, occurred_at=f"{TODAY} 00:00:00"))
    query = QUERY | {"metrics": ["events"], "dimensions": ["prop:it's", "prop:A"]}
    assert await parquet((await export(owner, "parquet", query)).content, tmp_path) == (
        ["prop:it's", "prop:A", "events"],
        [["=1", "b", 1]],
    )
    twice = query | {"dimensions": ["prop:a", "prop:A"]}
    assert (await export(owner, "parquet", twice)).json()["field"] == "dimensions"
    assert (await export(owner, "json", twice)).json() == [{"prop:a": "", "prop:A": "b", "events": 1}]


async def test_who_may_export(visited: House, owner: httpx2.AsyncClient, token: str) -> None:
    async with visited.browser() as script:
        bearer = {"authorization": f"Bearer {token}"}
        for form in FORMATS:
            for refused in ({}, {"authorization": f"Bearer {token}x"}):
                answer = await export(script, form, QUERY, **refused)
                assert (answer.status_code, answer.json()["type"]) == (401, "not-signed-in")
            assert (await export(script, form, QUERY, **bearer)).status_code == 200
            foreign = await export(script, form, QUERY | {"site": OTHER}, **bearer)
            unknown = await export(script, form, QUERY | {"site": "nowhere.example"}, **bearer)
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.json() == unknown.json()
    assert (await export(owner, "csv", QUERY | {"site": OTHER})).status_code == 200


BAD: list[tuple[str, dict[str, str], str]] = [
    ("no query", {"format": "csv"}, "q"),
    ("unknown form", {"format": "xlsx", "q": json.dumps(QUERY)}, "format"),
    ("unknown parameter", {"q": json.dumps(QUERY), "site": SITE}, "site"),
    ("no json", {"q": "{"}, "body"),
    ("lone surrogate", {"q": '{"site":"\\ud800"}'}, "body"),
    ("unknown field", {"q": json.dumps(QUERY | {"colour": "red"})}, "colour"),
    ("unknown metric", {"q": json.dumps(QUERY | {"metrics": ["luck"]})}, "metrics[0]"),
    ("negative limit", {"q": json.dumps(QUERY | {"limit": -1})}, "limit"),
]


@pytest.mark.parametrize(("name", "sent", "field"), BAD, ids=[one[0] for one in BAD])
async def test_a_malformed_export_names_the_field(
    house: House, owner: httpx2.AsyncClient, name: str, sent: dict[str, str], field: str
) -> None:
    answer = await owner.get("/api/v1/export", params=sent)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


async def test_what_only_the_data_can_tell_is_told_before_the_file(house: House, owner: httpx2.AsyncClient) -> None:
    for number, currency in enumerate(("EUR", "USD")):
        order: dict[str, Any] = {"kind": "event", "target": "order", "value": "9.5", "currency": currency}
        await house.load(line(visit=number, occurred_at=f"{TODAY} 00:00:00", **order))
    for form in FORMATS:
        answer = await export(owner, form, QUERY | {"metrics": ["value"]})
        assert (answer.status_code, answer.json()["field"]) == (400, "metrics")


async def test_the_description_says_how(house: House, owner: httpx2.AsyncClient) -> None:
    described = (await owner.get("/api/v1/openapi.json")).json()
    assert "/export" in {route.path for route in ROUTES}
    told = described["paths"]["/export"]["get"]
    assert [each["name"] for each in told["parameters"]] == ["q", "format"]
    for form in told["parameters"][1]["schema"]["enum"]:
        answer = await export(owner, form, QUERY)
        assert any(answer.headers["content-type"] == media for media in told["responses"]["200"]["content"]) or (
            form == "csv" and "text/csv" in told["responses"]["200"]["content"]
        )
