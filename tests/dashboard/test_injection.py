"""No text of a request, and none that is stored, becomes SQL: it is a value, or a 400 that names the field.

Every statement that reaches either database meanwhile is read, and both must stand as they stood.
"""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx2
import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine

from collector.consent.notice import publish
from collector.consent.record import iso
from collector.state import tables
from collector.state.tables import site as sites
from collector.store.duckdb import DuckSnapshot
from dashboard.query.dimensions import NAMES
from dashboard.query.patterns import escape_glob
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import DRAFT, House, csrf_of, opened, sign_in
from tests.dashboard.routing import API, filled, pages
from tests.rows import line

pytestmark = pytest.mark.asyncio(loop_scope="module")
MARK = "zq7x"  # in every attack, and in no statement of ours
ATTACKS = (
    f"'{MARK}",
    f'"{MARK}',
    f"{MARK}' OR '1'='1",
    f"{MARK}') OR 1=1 --",
    f"{MARK}'; DROP TABLE event; --",
    f"{MARK}'); INSERT INTO event SELECT * FROM event; --",
    f"' UNION SELECT subject::VARCHAR, 1 FROM event -- {MARK}",
    f"1; ATTACH '/tmp/{MARK}.db' AS {MARK}; COPY event TO '/tmp/{MARK}.csv'",
    f"$site {MARK} $start {{visits}} {{0}} %s :site ?",
    f"\\'{MARK}\\",
    f"{MARK}/**/AND/**/pg_sleep(9)#",
    f"UTC'::TIMESTAMPTZ, (SELECT string_agg(subject::VARCHAR, ',') FROM event), '{MARK}",
    f"read_csv('/etc/passwd') {MARK}",
    f"{MARK}*?[a-z]\\*%_",
)
PLAIN = "plain"
TEXTS = (*ATTACKS, PLAIN)
DAYS = {
    "from": (datetime.now(UTC) - timedelta(days=2)).date().isoformat(),
    "to": (datetime.now(UTC) + timedelta(days=1)).date().isoformat(),
}
QUERY = {"site": SITE, **DAYS, "metrics": ["visits"]}


def rows() -> Iterator[bytes]:
    """For each text one visit that holds it wherever a text can be stored."""
    at = time.time() - 3600
    for number, text in enumerate(TEXTS, 1):
        subject = uuid.UUID(int=number)
        same = ("source", "channel", "ad", "country", "city", "browser", "os", "device", "host", "notice")
        also = [f"utm_{name}" for name in ("source", "medium", "campaign", "content", "term")]
        told: dict[str, Any] = {"visit": number, "site": SITE, "browser_major": None}
        told |= dict.fromkeys((*same, *also), text)
        steps: list[dict[str, Any]] = [{"kind": "pageview", "path": text}]
        for kind in ("link", "outbound", "download", "form"):
            steps.append({"kind": "click", "path": text, "target": text, "target_kind": kind})
        named = {"target": text, "props": json.dumps({text: text}), "currency": text}
        steps.append({"kind": "event", "path": text, **named})
        for nth, step in enumerate(steps):
            moment = f"{datetime.fromtimestamp(at + number * 60 + nth, UTC):%Y-%m-%d %H:%M:%S}"
            yield line(subject.bytes, occurred_at=moment, nth=nth, **told, **step)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house"), rate_limit="off") as found:
        now = int(time.time()) + 1
        async with found.state.write() as connection:
            await publish(connection, SITE, msgspec.structs.replace(DRAFT, k=1), iso(now), now)
            patterns = json.dumps([escape_glob(text) for text in ATTACKS])
            await connection.execute(update(sites).where(sites.c.name == SITE).values(patterns=patterns))
        await found.follower.refresh()
        await found.load(*rows())
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with house.browser() as browser:
        assert (await sign_in(browser)).status_code == 303
        yield browser


@pytest.fixture(scope="module", autouse=True)
def statements() -> Iterator[list[str]]:
    """Every statement that either database was given."""
    found: list[str] = []
    fetch = DuckSnapshot._fetch

    def told(self: DuckSnapshot, sql: str, params: Any) -> Any:
        found.append(sql)
        return fetch(self, sql, params)

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", heard)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckSnapshot, "_fetch", told)
        yield found
    event.remove(Engine, "before_cursor_execute", heard)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stood(house: House, owner: httpx2.AsyncClient) -> dict[str, Any]:
    """What both databases held before the first attack."""
    return await stands(house)


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def unchanged(house: House, stood: dict[str, Any], statements: list[str]) -> AsyncIterator[None]:
    """What each test leaves behind: both databases as they were, and no statement with a text of anybody's."""
    statements.clear()
    yield
    assert [sql for sql in statements if MARK in sql] == []
    assert await stands(house) == stood


async def stands(house: House) -> dict[str, Any]:
    """Everything that either database holds, its tables and columns with it."""
    found: dict[str, Any] = {}
    async with house.store.snapshot() as snapshot:
        columns = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY ALL"
        found["columns"] = await snapshot.fetch(columns)
        for name in sorted({row[0] for row in found["columns"]}):
            found[name] = sorted(map(repr, await snapshot.fetch(f"SELECT * FROM {name}")))
    async with house.state.read() as connection:
        for table in tables.metadata.sorted_tables:
            found[f"state {table.name}"] = sorted(map(repr, (await connection.execute(select(table))).all()))
    # What may be added by looking: that the log was handed over.
    found["state audit"] = [row for row in found["state audit"] if "'consent exported'" not in row]
    return found


async def query(owner: httpx2.AsyncClient, route: str = "query", **asked: Any) -> Any:
    """The answer to a question that is a good one."""
    answer = await owner.post(f"{API}/{route}", json={**QUERY, **asked} if route == "query" else asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


# ── What is stored (CVE-2026-22850: a stored path in an export; CVE-2022-25148: an id in the next statement)

OTHERWISE = ("hour_of_week", "returning")  # nobody's text
STORED = [name for name in NAMES if not name.startswith(("time:", "prop:")) and name not in OTHERWISE]
CLICKED = dict.fromkeys(("click", "outbound", "download", "form"), "clicks")
COUNTED = {**CLICKED, "event": "events", "currency": "events"}


@pytest.mark.parametrize("name", STORED)
async def test_a_stored_text_comes_back_as_it_is(owner: httpx2.AsyncClient, name: str) -> None:
    told = await query(owner, metrics=[COUNTED.get(name, "visits")], dimensions=[name], order=[[name, "desc"]])
    assert [row["dims"][0] for row in told["rows"]] == sorted(TEXTS, reverse=True)


@pytest.mark.parametrize("name", STORED)
async def test_a_filter_finds_exactly_its_text(owner: httpx2.AsyncClient, name: str) -> None:
    attack = ATTACKS[STORED.index(name) % len(ATTACKS)]
    for operator, value, visits in (
        ("is", attack, 1),
        ("is_not", attack, len(TEXTS) - 1),
        ("contains", attack, sum(attack in text for text in TEXTS)),
        ("contains_not", attack, sum(attack not in text for text in TEXTS)),
        ("matches", escape_glob(attack), 1),
    ):
        told = await query(owner, filters=[[operator, name, [value]]])
        assert told["totals"]["visits"] == visits, (operator, value)


@pytest.mark.parametrize("name", ["page", "source"])
async def test_each_text_is_found_by_itself_and_by_its_pattern(owner: httpx2.AsyncClient, name: str) -> None:
    for attack in ATTACKS:
        both = [["is", name, [attack]], ["matches", name, [escape_glob(attack)]]]
        assert (await query(owner, filters=both))["totals"]["visits"] == 1, attack


async def test_a_property_may_be_called_anything(owner: httpx2.AsyncClient, tmp_path: Path) -> None:
    for attack in (attack for attack in ATTACKS if len(attack) <= 64):
        name = f"prop:{attack}"
        asked: Any = {"metrics": ["events"], "dimensions": [name]}
        told = await query(owner, **asked, filters=[["is", name, [attack]]], order=[[name, "asc"]])
        assert [row["dims"] for row in told["rows"]] == [[attack]]
        sent = {"format": "parquet", "q": json.dumps({**QUERY, **asked})}
        answer = await owner.get(f"{API}/export", params=sent)
        assert answer.status_code == 200, answer.text
        told = await asyncio.to_thread(parquet, tmp_path / "rows.parquet", answer.content)
        assert told == ([name, "events"], {"", attack})


def parquet(file: Path, content: bytes) -> tuple[list[str], set[str]]:
    """The columns of a file, and the values of its first."""
    file.write_bytes(content)
    with duckdb.connect() as db:
        read = db.execute("SELECT * FROM read_parquet(?)", [str(file)])
        return [column[0] for column in read.description or ()], {row[0] for row in read.fetchall()}


WALK: dict[str, Any] = {"include": ["page", "click", "event"], "steps": 2, "group": "pattern"}


async def test_a_step_of_a_journey_or_funnel_is_its_text(owner: httpx2.AsyncClient) -> None:
    for number, attack in enumerate(ATTACKS):
        kind, anchor = ("page", "click", "event")[number % 3], ("start", "through", "end")[number % 3]
        step = {kind: escape_glob(attack)}
        told = await query(owner, "journeys", site=SITE, **DAYS, **{anchor: step}, **WALK)
        assert told["matched"] == 1, (anchor, step)
        told = await query(owner, metrics=["conversions"], goal=step)
        assert told["totals"]["conversions"] == 1
        steps = [{"page": escape_glob(attack)}, {"event": "*"}]
        told = await query(owner, "funnel", site=SITE, **DAYS, steps=steps, include=WALK["include"])
        assert [one["visits"] for one in told["steps"]] == [1, 1]
    told = await query(owner, "journeys", site=SITE, **DAYS, steps=1, top=50)
    assert {node["label"] for node in told["columns"][0]["nodes"]} == set(TEXTS)


async def test_visits_and_pages_show_them_all(owner: httpx2.AsyncClient) -> None:
    told = (await owner.get(f"{API}/visits", params={"site": SITE})).json()["visits"]
    assert {visit["source"] for visit in told} == set(TEXTS)
    for attack in ATTACKS[:4]:
        filters = json.dumps([["is", "page", [attack]]])
        assert len((await owner.get(f"{API}/visits", params={"site": SITE, "filters": filters})).json()["visits"]) == 1


# ── What is asked (CVE-2026-4317: a time zone; an order; a name)

BODIES: list[tuple[str, str, Any]] = [
    ("query", "metrics[0]", lambda text: {"metrics": [text]}),
    ("query", "dimensions[0]", lambda text: {"dimensions": [text]}),
    ("query", "dimensions[0]", lambda text: {"dimensions": [f"time:{text}"]}),
    ("query", "filters[0][0]", lambda text: {"filters": [[text, "page", ["/"]]]}),
    ("query", "filters[0][1]", lambda text: {"filters": [["is", text, ["/"]]]}),
    ("query", "order[0][0]", lambda text: {"order": [[text, "asc"]]}),
    ("query", "order[0][0]", lambda text: {"order": [[f"visits {text}", "asc"]]}),
    ("query", "order[", lambda text: {"order": [["visits", text]]}),
    ("query", "compare", lambda text: {"compare": text}),
    ("query", "from", lambda text: {"from": text}),
    ("query", "from", lambda text: {"from": f"2026-10-01{text}"}),
    ("query", "to", lambda text: {"to": text}),
    ("query", "limit", lambda text: {"limit": text}),
    ("query", "offset", lambda text: {"offset": text}),
    ("query", "goal", lambda text: {"goal": {text: "/"}}),
    ("query", "timezone", lambda text: {"timezone": text}),
    ("query", "", lambda text: {text: text}),
    ("journeys", "group", lambda text: {"group": text}),
    ("journeys", "include[", lambda text: {"include": [text]}),
    ("journeys", "start", lambda text: {"start": {text: "/"}}),
    ("journeys", "steps", lambda text: {"steps": text}),
    ("journeys", "filters[0][1]", lambda text: {"filters": [["is", text, ["/"]]]}),
    ("funnel", "mode", lambda text: {"mode": text}),
    ("funnel", "steps[", lambda text: {"steps": [{text: "/"}, {"page": "/"}]}),
]  # fmt: skip
NEEDED: dict[str, dict[str, Any]] = {
    "query": QUERY,
    "journeys": {"site": SITE, **DAYS},
    "funnel": {"site": SITE, **DAYS, "steps": [{"page": "/"}] * 2},
}


@pytest.mark.parametrize(("route", "field", "body"), BODIES, ids=[f"{route} {field}" for route, field, _ in BODIES])
async def test_what_is_no_value_is_refused_by_its_name(
    owner: httpx2.AsyncClient, route: str, field: str, body: Any
) -> None:
    for attack in ATTACKS:
        answer = await owner.post(f"{API}/{route}", json={**NEEDED[route], **body(attack)})
        assert answer.status_code == 400, attack
        assert answer.json()["field"].startswith(field), attack


ADDRESSES: list[tuple[str, str, dict[str, str]]] = [
    ("coverage", "from", {}), ("coverage", "to", {}), ("consent", "from", {}), ("consent", "to", {}),
    ("totals", "from", {}), ("totals", "to", {}), ("visits", "limit", {}), ("visits", "offset", {}),
    ("visits", "filters", {}), ("export", "format", {"q": json.dumps(QUERY)}), ("export", "q", {"format": "csv"}),
    ("export", "timezone", {"q": json.dumps(QUERY)}),
]  # fmt: skip


@pytest.mark.parametrize(("route", "field", "also"), ADDRESSES, ids=[f"{one[0]} {one[1]}" for one in ADDRESSES])
async def test_what_an_address_asks_is_refused_by_its_name(
    owner: httpx2.AsyncClient, route: str, field: str, also: dict[str, str]
) -> None:
    for attack in ATTACKS:
        good: dict[str, str] = {} if route == "export" else {"site": SITE, **DAYS}
        answer = await owner.get(f"{API}/{route}", params={**good, **also, field: attack})
        assert answer.status_code == 400, attack
        assert answer.json()["field"] in (field, "body"), attack


@pytest.mark.parametrize("route", ["query", "journeys", "funnel"])
async def test_a_site_that_is_none_is_not_found(owner: httpx2.AsyncClient, route: str) -> None:
    for attack in ATTACKS:
        assert (await owner.post(f"{API}/{route}", json={**NEEDED[route], "site": attack})).status_code == 404


async def test_a_time_zone_is_one_of_the_list(house: House, owner: httpx2.AsyncClient) -> None:
    proof = csrf_of((await owner.get("/sites")).text)
    for attack in (*ATTACKS, "../../etc/passwd", "UTC\0", "Europe/Berlin; DROP"):
        for path in (f"/sites/{SITE}/settings", "/settings/sites"):
            answer = await owner.post(path, data={"csrf": proof, "timezone": attack, "host": "new.example"})
            assert answer.status_code == 400, attack


NAMED = ("f", "q", "step", "focus", "from", "offset", "group", "metric")


@pytest.mark.parametrize("path", [path for path in pages() if "{site}" in path])
async def test_a_page_takes_it_for_text_or_says_what_is_wrong(owner: httpx2.AsyncClient, path: str) -> None:
    asked = [{name: ATTACKS[number % len(ATTACKS)]} for number, name in enumerate(NAMED)]
    asked += [{"f": f"is:page:{ATTACKS[4]}"}, {"f": f"is:{ATTACKS[2]}:x"}]
    for each in asked:
        answer = await owner.get(filled(path), params={"period": "today", **each})
        assert answer.status_code in (200, 303, 400), each


async def test_an_attack_in_the_state_is_bound_too(house: House, owner: httpx2.AsyncClient) -> None:
    """Forms whose texts go into the state database: found there as they were sent, and nowhere else."""
    proof = csrf_of((await owner.get("/sites")).text)
    for attack in ATTACKS:
        for path in ("/settings/people/change", "/settings/people/remove", f"/sites/{SITE}/settings/tokens/revoke"):
            sent = {"csrf": proof, "email": attack, "id": attack, "role": attack, "site": attack}
            assert (await owner.post(path, data=sent)).status_code == 400, attack
        for path in (f"/sites/{SITE}/annotations", f"/sites/{SITE}/segments"):
            sent = {"csrf": proof, "do": "remove", "id": attack, "name": attack, "back": "/"}
            assert (await owner.post(path, data=sent)).status_code in (303, 400), attack
        async with house.browser() as browser:
            form = csrf_of((await browser.get("/sign-in")).text)
            sent = {"csrf": form, "email": attack, "password": "x" * 1025}
            assert (await browser.post("/sign-in", data=sent)).status_code in (403, 429), attack
            browser.cookies.set("__Host-byleave", attack.replace(";", ""))
            assert (await browser.get("/sites")).status_code == 303
            token = {"authorization": f"Bearer {attack}".encode().decode("latin-1")}
            assert (await browser.get(f"{API}/live", params={"site": SITE}, headers=token)).status_code == 401
