"""The page about consent and the API behind it, against a log that a test wrote; the proof and the export from it."""

import asyncio
import json
import re
import time
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from collector import asks
from collector.consent.notice import publish
from collector.consent.record import append, iso
from collector.state.accounts import create_account
from collector.state.audit import entries
from collector.state.tables import job, notice
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import DRAFT, EMAIL, OTHER, House, csrf_of, sign_in
from tests.rows import line

BERLIN = ZoneInfo("Europe/Berlin")
NOW = int(time.time())
TODAY = datetime.now(BERLIN).date()
PAGE = f"/sites/{SITE}/consent"
DAY = 86_400


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp())


async def told(
    house: House, at: int, kind: str, who: int, purposes: tuple[str, ...] = ("measure",), **more: Any
) -> None:
    """One record; its consent runs out 180 days later."""
    facts: dict[str, Any] = {"site": SITE} | more
    async with house.state.write() as connection:
        if kind in ("given", "re-confirmed"):
            query = select(notice.c.id).where(notice.c.site == facts["site"]).order_by(notice.c.seq.desc()).limit(1)
            facts["notice"] = (await connection.execute(query)).scalar()
            facts |= {"purposes": list(purposes), "expires": iso(at + 180 * DAY)}
        await append(connection, kind, who.to_bytes(16, "big"), at, **facts)


async def answer(client: httpx2.AsyncClient, first: date, last: date) -> Any:
    params = {"site": SITE, "from": first.isoformat(), "to": last.isoformat()}
    found = await client.get("/api/v1/consent", params=params)
    assert found.status_code == 200, found.text
    return found.json()


@pytest.fixture
async def spoken(house: House) -> House:
    """Three days: the first second of one, the last before it, another site, somebody who withdrew, one who ran out."""
    first = midnight(TODAY - timedelta(days=2))
    await told(house, first - 200 * DAY, "given", 9)
    await told(house, first - 1, "given", 1, ("measure", "returning"))
    await told(house, first, "given", 2, ("measure", "returning"))
    await told(house, first + 5, "given", 3)
    await told(house, first + 6, "given", 4, site=OTHER)
    await told(house, first + DAY, "re-confirmed", 1)
    await told(house, first + DAY + 1, "withdrawn", 3)
    await told(house, first + DAY + 2, "expired", 9)
    return house


async def test_the_api_counts_the_log(spoken: House, owner: httpx2.AsyncClient) -> None:
    hour = midnight(TODAY - timedelta(days=1)) // 3600 * 3600
    await asks.add(spoken.state, {(SITE, hour, "asks"): 4, (SITE, hour, "yes"): 1})
    found = await answer(owner, TODAY - timedelta(days=2), TODAY)
    days = [[one[kind] for kind in ("given", "reconfirmed", "withdrawn", "expired")] for one in found["days"]]
    assert days == [[2, 0, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0]]
    assert found["purposes"] == [
        {"purpose": "measure", "yes": 3, "share": 1.0},
        {"purpose": "returning", "yes": 1, "share": pytest.approx(1 / 3)},
    ]
    assert found["coverage"] == {"asks": 4, "yes": 1, "share": 0.25, "why": None}
    assert found["in_force"] == 2
    first = midnight(TODAY - timedelta(days=2))
    runs_out = Counter(datetime.fromtimestamp(at + 180 * DAY, BERLIN).date() for at in (first, first + DAY))
    assert {date.fromisoformat(one["day"]): one["consents"] for one in found["expiring"]} == runs_out
    assert sum(one["given"] for one in (await answer(owner, TODAY - timedelta(days=3), TODAY))["days"]) == 3


async def test_notices_with_their_rows_and_differences(spoken: House, owner: httpx2.AsyncClient) -> None:
    async with spoken.state.write() as connection:
        old = (await connection.execute(select(notice.c.id).where(notice.c.site == SITE))).scalar_one()
        draft = replace(DRAFT, controller="New <b>owner</b>")
        new = await publish(connection, SITE, draft, iso(NOW + 1), NOW + 1)
    await spoken.load(*(line(site=SITE, notice=old, occurred_at="2026-01-31 12:00:00", visit=n) for n in range(3)))
    latest, first = (await answer(owner, TODAY - timedelta(days=2), TODAY))["notices"]
    assert (latest["notice"], latest["rows"], latest["rows_expire_from"], latest["material"]) == (new.id, 0, None, True)
    assert [term["field"] for term in latest["changes"]["terms"]] == ["controller"]
    assert (first["notice"], first["rows"], first["yes"], first["share"]) == (old, 3, 3, 1.0)
    assert first["rows_expire_from"] == "2028-02-29"
    assert first["changes"] is None
    html = (await owner.get(PAGE)).text
    assert "controller: Example Ltd → New &lt;b&gt;owner&lt;/b&gt;" in html
    assert "3 rows in all" in html


async def test_the_page_is_the_api(spoken: House, owner: httpx2.AsyncClient) -> None:
    async with spoken.state.write() as connection:
        jobs = [{"id": "a" * 64, "asked_at": NOW - 60, "done_at": None}, {"id": "b" * 64, "asked_at": 0, "done_at": 5}]
        await connection.execute(insert(job), jobs)
    html = (await owner.get(f"{PAGE}?period=7d")).text
    found = await answer(owner, TODAY - timedelta(days=6), TODAY)
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    cells = [int(number) for number in re.findall(r"<td>(\d+)</td>", table)]
    kinds = ("given", "reconfirmed", "withdrawn", "expired")
    assert cells == [one[kind] for one in found["days"] for kind in kinds]
    assert "<strong>unknown</strong>" in html
    assert found["erasures"] == {"waiting": 1, "oldest_waiting": iso(NOW - 60), "done": 0, "last_done": None}
    assert "1 waiting, 0 done" in html
    assert "a" * 64 not in html
    assert "style=" not in html


@pytest.mark.parametrize("who", [1, 2, 3])
async def test_nobody_is_named(spoken: House, owner: httpx2.AsyncClient, who: int) -> None:
    found = json.dumps(await answer(owner, TODAY - timedelta(days=400), TODAY))
    assert who.to_bytes(16, "big").hex() not in found + (await owner.get(PAGE)).text


@pytest.mark.parametrize(
    ("first", "last"), [("", "2026-01-01"), ("2026-01-02", "2026-01-01"), ("1990-01-01", "2020-01-01")]
)
async def test_wrong_ranges_are_told(house: House, owner: httpx2.AsyncClient, first: str, last: str) -> None:
    params = {"site": SITE, "from": first, "to": last}
    assert (await owner.get("/api/v1/consent", params=params)).status_code == 400


async def test_the_proof_shows_what_the_command_prints(house: House, owner: httpx2.AsyncClient) -> None:
    await told(house, NOW - 50, "given", 1)
    proof = csrf_of((await owner.get(PAGE)).text)
    sent = await owner.post(f"{PAGE}/verify", data={"csrf": proof})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}#proof")
    began = time.monotonic()
    while "Proved, up to record 1 " not in (html := (await owner.get(PAGE)).text):
        assert time.monotonic() - began < 10, html
        await asyncio.sleep(0.05)


async def test_a_viewer_neither_proves_nor_exports(house: House) -> None:
    async with house.state.write() as connection:
        await create_account(connection, "viewer@example.com", "a long enough password", "viewer", NOW, [SITE])
    async with house.browser() as browser:
        await sign_in(browser, "viewer@example.com", "a long enough password")
        html = (await browser.get(PAGE)).text
        assert "What visitors said" in html
        assert 'id="proof"' not in html
        assert (await browser.get(f"{PAGE}/export")).status_code == 403


async def test_the_export_is_the_commands(spoken: House, owner: httpx2.AsyncClient) -> None:
    found = await owner.get(f"{PAGE}/export")
    assert found.headers["content-disposition"] == f'attachment; filename="consent-{SITE}.ndjson"'
    lines = [json.loads(text) for text in found.text.splitlines()]
    assert list(lines[0]) == ["export"]
    assert list(lines[-1]) == ["head"]
    records = [one["record"] for one in lines if "record" in one]
    assert [one["sequence"] for one in records] == list(range(1, 9))
    assert [one["sequence"] for one in records if one["body"] is None] == [5]


async def test_proofs_and_exports_stand_in_the_log_of_changes(house: House, owner: httpx2.AsyncClient) -> None:
    form = csrf_of((await owner.get(PAGE)).text)
    await owner.post(f"{PAGE}/verify", data={"csrf": form})
    await owner.get(f"{PAGE}/export")
    async with house.state.read() as connection:
        found = [(one.action, one.site, one.actor) for one in await entries(connection, 2)]
    assert found == [("consent exported", SITE, EMAIL), ("proof made", SITE, EMAIL)]
    while "proof-lines" not in (await owner.get(PAGE)).text:
        await asyncio.sleep(0.05)
