"""What a visitor is told of their own data, and that erasing answers only once it has acted."""

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from collector import gate
from collector.consent import removal, rights
from collector.consent.expiry import expires_on
from collector.consent.keys import Keys
from collector.consent.record import iso
from collector.consent.token import Tokens
from collector.control import ControlError, NoOwner, call
from collector.gate import Arrival
from collector.rate import Limit
from collector.routes import me
from collector.routes.events import store
from collector.state import tables
from tests.wire import CHROME, ORIGIN, Running, beacon, random16, running, yes


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


def page(path: str, **more: Any) -> dict[str, Any]:
    return {"k": "pageview", "p": path, "r": "", "a": 0, **more}


async def told(live: Running, key: str, query: str = "", **headers: str) -> Any:
    answer = await live.post(f"/c/me{query}", {"access_key": key}, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def send(live: Running, token: str, *events: dict[str, Any], **changes: Any) -> None:
    answer = await live.post("/c/events", beacon(token, *events, **changes))
    assert answer.status_code == 202, answer.text


async def paths(live: Running) -> list[str]:
    return sorted(str(path) for (path,) in await live.rows("SELECT path FROM event"))


def set_gate_clock(monkeypatch: pytest.MonkeyPatch, off: float) -> None:
    """Requests arrive so many seconds later than they do."""
    monkeypatch.setattr("collector.gate.time", SimpleNamespace(time=lambda: time.time() + off))


async def test_everything_is_told_at_once(live: Running) -> None:
    said = await live.consent(purposes=["measure", "returning", "ads"])
    other = await live.consent()
    await send(live, other["token"], page("/of-somebody-else"))
    events = (
        page("/bread", r="https://www.google.com/"),
        page("/bread"),
        {"k": "click", "p": "/bread", "x": "/order", "y": "link", "a": 0},
        {"k": "leave", "p": "/bread", "d": 12, "s": 80, "a": 0},
        {"k": "event", "p": "/bread", "x": "signup", "m": {"plan": "gold"}, "b": 9.5, "u": "EUR", "a": 0},
    )
    await send(live, said["token"], *events)
    await send(live, said["token"], {"k": "leave", "p": "/alone", "d": 1, "s": 1, "a": 0})
    found = await told(live, said["access_key"])  # what waits in the spool, too: nothing was awaited before

    assert found["site"] == "example.com"
    choice = found["choice"]
    assert (choice["state"], choice["purposes"]) == ("given", ["measure", "returning", "ads"])
    assert choice["expires"] == said["expires"]
    (record,) = found["records"]
    assert (record["kind"], record["source"], record["shown"]) == ("given", "banner", "byleave")
    assert record["receipt"] == said["receipt"]
    (notice,) = found["notices"]
    assert notice["id"] == record["notice"]
    assert (notice["url"], notice["controller"], notice["k"]) == (f"/c/notice/{notice['id']}", "Example Ltd", 5)
    assert (await live.client.get(notice["url"])).status_code == 200
    assert found["erasures"] == {"waiting": False}

    rows = sorted(found["rows"], key=lambda row: row["nth"])
    assert [row["words"] for row in rows if row["path"] == "/bread"] == [
        "You read /bread",
        "You read /bread",
        "You followed a link to /order",
        "You left /bread: visible for 12 s, scrolled to 80 %",
        "The website reported “signup” on /bread",
    ]
    assert len(rows) == 6
    stored = await live.rows("SELECT column_name FROM duckdb_columns() WHERE table_name = 'event'")
    assert {*rows[0], "visit", "visitor", "subject"} - {"words", "expires"} == {name for (name,) in stored}
    assert {*found["columns"]} | {"subject", "visitor"} == {name for (name,) in stored}
    assert (rows[-1]["value"], rows[-1]["currency"], rows[-1]["props"]) == ("9.5000", "EUR", '{"plan":"gold"}')
    day = str(expires_on(datetime.fromisoformat(rows[0]["occurred_at"]), "Europe/Berlin", 25))
    assert {row["expires"] for row in rows} == {day}

    (visit,) = found["visits"]  # the one that was only left is none
    assert visit["began"] == min(row["occurred_at"] for row in rows)
    assert (visit["source"], visit["browser"], visit["device"]) == ("Google", "Chrome", "desktop")
    assert visit["steps"] == [
        {"kind": "pageview", "target_kind": "", "name": "/bread"},
        {"kind": "click", "target_kind": "link", "name": "/order"},
        {"kind": "event", "target_kind": "", "name": "signup"},
    ]


@pytest.mark.parametrize(
    ("query", "accepted", "words"),
    [
        ("", "de-AT,en;q=0.5", "Sie haben /brot gelesen"),
        ("?lang=fr", "de", "Vous avez lu /brot"),
        ("", "tlh", "You read /brot"),
        ("?lang=nl", "", "U hebt /brot gelezen"),
        ("?lang=es", "", "Ha leído /brot"),
        ("?lang=it", "", "Ha letto /brot"),
    ],
)
async def test_rows_are_told_in_the_visitors_language(live: Running, query: str, accepted: str, words: str) -> None:
    said = await live.consent()
    await send(live, said["token"], page("/brot"))
    found = await told(live, said["access_key"], query, accept_language=accepted)
    assert [row["words"] for row in found["rows"]] == [words]


async def test_a_csv_holds_the_rows_and_no_formula(live: Running) -> None:
    said = await live.consent()
    custom = {"k": "event", "p": "/a", "x": "=cmd|' /C calc'!A0", "a": 0}
    refund = {"b": -5, "u": "EUR"}
    await send(live, said["token"], page("/a"), custom, {**custom, "x": "@SUM(1)"}, {**custom, "x": "-1+1", **refund})
    answer = await live.post("/c/me?format=csv", {"access_key": said["access_key"]})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="byleave-example.com.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["target"][:5] for row in rows] == ["", "'=cmd", "'@SUM", "'-1+1"]
    assert [row["value"] for row in rows] == ["", "", "", "-5.0000"], "a number is no formula"
    assert {"words", "expires", "occurred_at", "path"} < rows[0].keys()
    assert not {"visit", "visitor", "subject"} & rows[0].keys()


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9, 1000])
async def test_pages_are_the_whole_wherever_they_are_cut(
    live: Running, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(me, "PAGE_ROWS", most)
    set_gate_clock(monkeypatch, -100)
    said = await live.consent()
    set_gate_clock(monkeypatch, 0)
    events = [page(f"/{age}-{place}", a=age * 1000) for age in (40, 30, 20) for place in range(3)]
    await send(live, said["token"], *events)
    found = await told(live, said["access_key"])
    assert sorted(row["path"] for row in found["rows"]) == sorted(event["p"] for event in events)
    assert [row["occurred_at"] for row in found["rows"]] == sorted(row["occurred_at"] for row in found["rows"])
    text = (await live.post("/c/me?format=csv", {"access_key": said["access_key"]})).text
    assert len(list(csv.reader(io.StringIO(text)))) == 1 + len(events)


async def test_many_visits_are_told_of_the_latest(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.telling.VISITS", 2)
    said = await live.consent()
    for number in range(4):
        await send(live, said["token"], page(f"/{number}"))
    found = await told(live, said["access_key"])
    assert len(found["rows"]) == 4
    assert (len(found["visits"]), found["visits_left_out"]) == (2, 2)


@pytest.mark.parametrize("route", ["/c/me", "/c/me/erase"])
async def test_what_is_no_access_key_is_401_and_erases_nothing(live: Running, route: str) -> None:
    said = await live.consent()
    await send(live, said["token"], page("/kept"))
    flipped = said["access_key"][:-2] + ("AA" if said["access_key"][-2:] != "AA" else "BB")
    for key in (said["token"], flipped, "k1.x.y.z", "", "k1." + "é"):
        answer = await live.post(route, {"access_key": key} | ({"go_on": False} if "erase" in route else {}))
        assert (answer.status_code, answer.json()["type"]) == (401, "bad-access-key")
    assert await paths(live) == ["/kept"]


MALFORMED: list[tuple[str, Any, str]] = [
    ("/c/me", {}, "access_key"),
    ("/c/me", {"access_key": 7}, "access_key"),
    ("/c/me", {"access_key": "k1.a.b.c", "t": "x"}, "t"),
    ("/c/me?format=xml", {"access_key": "k1.a.b.c"}, "format"),
    ("/c/me/erase", {"access_key": "k1.a.b.c"}, "go_on"),
    ("/c/me/erase", {"access_key": "k1.a.b.c", "go_on": 1}, "go_on"),
]


@pytest.mark.parametrize(("route", "body", "field"), MALFORMED)
async def test_a_malformed_body_names_the_field(live: Running, route: str, body: Any, field: str) -> None:
    answer = await live.post(route, body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_own_origin_foreign_origin_signals_and_limit(live: Running) -> None:
    """Rights need nothing but the key; only pages that may use the collector can read the answer."""
    said = await live.consent()
    own = await live.post("/c/me", {"access_key": said["access_key"]}, origin="http://hello.test", sec_gpc="1", dnt="1")
    assert (own.status_code, own.headers["access-control-allow-origin"]) == (200, "http://hello.test")
    foreign = await live.post("/c/me", {"access_key": said["access_key"]}, origin="https://foreign.example")
    assert "access-control-allow-origin" not in foreign.headers
    live.context.limits.rights = Limit(0.001, 1)
    statuses = [(await live.post("/c/me", {"access_key": said["access_key"]})).status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert (await live.client.get("/c/jobs/x")).status_code == 429


@pytest.mark.parametrize("error", [NoOwner("x"), ControlError("busy")])
async def test_without_an_owner_it_says_so_and_withdrawing_works(
    live: Running, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        raise error

    said = await live.consent()
    monkeypatch.setattr(me, "call", nobody)
    answer = await live.post("/c/me", {"access_key": said["access_key"]})
    assert (answer.status_code, answer.json()["type"], answer.headers["retry-after"]) == (503, "store-unavailable", "5")
    assert "withdrawing works" in answer.json()["detail"]
    assert (await live.post("/c/withdraw", {"access_key": said["access_key"]})).status_code == 204
    assert (await told(live, said["access_key"]))["choice"]["state"] == "withdrawn"  # there is no row to ask for


async def test_after_a_withdrawal_the_records_are_told_without_rows(live: Running) -> None:
    said = await live.consent()
    await send(live, said["token"], page("/gone"))
    assert (await live.post("/c/withdraw", {"t": said["token"]})).status_code == 204
    found = await told(live, said["access_key"])
    assert (found["choice"]["state"], found["rows"], found["visits"]) == ("withdrawn", [], [])
    assert [record["kind"] for record in found["records"]] == ["given", "withdrawn"]
    assert [record["receipt"] for record in found["records"]] == [said["receipt"], None]
    assert len(found["notices"]) == 1
    assert found["erasures"] == {"waiting": True}
    assert (await live.post("/c/me?format=csv", {"access_key": said["access_key"]})).status_code == 200


async def test_an_expired_consent_is_told_all_the_same(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await live.consent()
    await send(live, said["token"], page("/kept"))
    await live.rows()
    monkeypatch.setattr("collector.routes.me.time", SimpleNamespace(time=lambda: float(2**32)))
    found = await told(live, said["access_key"])
    assert (found["choice"]["state"], len(found["rows"])) == ("expired", 1)


async def test_stop_and_erase(live: Running) -> None:
    said, other = await live.consent(), await live.consent()
    for token in (said["token"], other["token"]):
        await send(live, token, page(f"/{token[-4:]}"))
    await live.rows()
    answer = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})
    assert answer.status_code == 202
    assert await paths(live) == [f"/{other['token'][-4:]}"]
    late = await live.post("/c/events", beacon(said["token"]))
    assert (late.status_code, late.json()["type"]) == (410, "consent-withdrawn")
    log = await asyncio.to_thread((live.context.settings.data_path / "erasures.ndjson").read_text)
    assert live.context.tokens.access_key(said["access_key"]).subject.hex() in log
    again = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})
    assert (again.status_code, again.json()["job"] != answer.json()["job"]) == (202, True)
    on = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})
    assert (on.status_code, on.json()["type"]) == (410, "consent-withdrawn")
    state = (await live.client.get(f"/c/jobs/{answer.json()['job']}")).json()
    assert (state["state"], state["done"]) == ("waiting", None)
    async with live.context.state.read() as connection:
        kinds = (await connection.execute(select(tables.consent_log.c.body))).scalars().all()
    assert [kind.count('"kind":"withdrawn"') for kind in kinds] == [0, 0, 1]


async def test_erase_and_go_on(live: Running) -> None:
    said = await live.consent(purposes=["measure", "returning"])
    await send(live, said["token"], page("/before"))
    ((subject, visitor),) = await live.rows("SELECT subject, visitor FROM event")
    answer = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})
    assert answer.status_code == 202
    assert await paths(live) == []
    await send(live, said["token"], page("/after"))
    ((later, renewed, path),) = await live.rows("SELECT subject, visitor, path FROM event")
    assert (path, later == subject, renewed == visitor) == ("/after", False, False)
    assert renewed == live.context.tokens.keys.visitor(later.bytes)

    found = await told(live, said["access_key"])
    assert (found["choice"]["state"], found["choice"]["expires"]) == ("given", said["expires"])
    assert [row["path"] for row in found["rows"]] == ["/after"]
    assert [record["kind"] for record in found["records"]] == ["given", "re-confirmed"]
    assert all(record["receipt"] for record in found["records"])
    assert found["records"][1]["notice"] == found["records"][0]["notice"]

    # A later yes with the old key goes on as the same somebody; withdrawing by the oldest token ends all of it.
    fresh = await live.consent(prior=said["access_key"])
    assert fresh["access_key"] == said["access_key"]
    await send(live, fresh["token"], page("/with-the-new-token"))
    assert {row[0] for row in await live.rows("SELECT subject FROM event")} == {later}
    assert (await live.post("/c/withdraw", {"t": said["token"]})).status_code == 204
    for token in (said["token"], fresh["token"]):
        assert (await live.post("/c/events", beacon(token))).status_code == 410
    assert await paths(live) == []
    assert (await told(live, said["access_key"]))["choice"]["state"] == "withdrawn"


async def test_who_goes_on_several_times_is_the_last(live: Running) -> None:
    said = await live.consent()
    for number in range(3):
        await send(live, said["token"], page(f"/{number}"))
        await live.rows()
        answer = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})
        assert answer.status_code == 202
    await send(live, said["token"], page("/last"))
    assert await paths(live) == ["/last"]
    found = await told(live, said["access_key"])
    assert [row["path"] for row in found["rows"]] == ["/last"]
    assert len(found["records"]) == 4
    assert (await live.post("/c/withdraw", {"access_key": said["access_key"]})).status_code == 204
    assert await paths(live) == []


async def test_what_happened_before_an_erasure_does_not_come_with_a_later_batch(
    live: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_gate_clock(monkeypatch, -100)
    said = await live.consent()
    assert (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})).status_code == 202
    set_gate_clock(monkeypatch, 60)
    late = [page("/before-1", a=90_000), page("/before-2", a=80_000), page("/after", a=1_000)]
    await send(live, said["token"], *late)
    assert await live.rows("SELECT path, nth FROM event") == [("/after", 2)]
    none = await live.post("/c/events", beacon(said["token"], late[0]))
    assert (none.status_code, none.json()) == (202, {"stored": 0})


async def test_a_narrower_consent_stays_narrow_for_who_goes_on(live: Running) -> None:
    """A token that is older than the narrowing covers no more than it left, for the successor neither."""
    said = await live.consent(purposes=["measure", "returning"])
    await live.consent(purposes=["measure"], prior=said["access_key"])
    assert (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})).status_code == 202
    await send(live, said["token"], page("/"))
    assert await live.rows("SELECT visitor FROM event") == [(None,)]
    confirmed = (await told(live, said["access_key"]))["records"][2:]
    assert [record["purposes"] for record in confirmed] == [["measure"]]  # and not what was taken back before


async def test_a_batch_that_passed_the_gate_before_the_erasure_is_dropped(live: Running) -> None:
    said = await live.consent()
    headers = [(b"origin", ORIGIN.encode()), (b"content-type", b"text/plain"), (b"user-agent", CHROME.encode())]
    arrival = Arrival(live.context, {"method": "POST", "headers": headers})
    arrival.body = msgspec.json.encode(beacon(said["token"], page("/passed")))
    gate.passed(gate.EVENTS, arrival)
    assert (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})).status_code == 202
    assert (await store(live.context, arrival)).status == 202
    assert await paths(live) == []
    await send(live, said["token"], page("/after"), v=random16())
    assert await paths(live) == ["/after"]


async def test_a_job_is_done_once_a_rewrite_began_after_it(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.rights.UNDER_WAY_SECONDS", 0)
    monkeypatch.setattr("collector.spool.WATCH_SECONDS", 0.05)
    said = await live.consent()
    await send(live, said["token"], page("/gone"))
    answer = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})
    job = answer.json()["job"]
    await asyncio.sleep(1.01)  # generations are named by the second
    await call(live.context.settings.data_path, "erase_now")
    found = await live.client.get(f"/c/jobs/{job}")
    assert (found.json()["state"], found.json()["job"]) == ("done", job)
    assert found.json()["asked"] <= found.json()["done"] <= iso(int(time.time()))
    assert (await told(live, said["access_key"]))["erasures"] == {"waiting": False}
    # Of what is erased already, a second job is done at once.
    again = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})
    assert (await live.client.get(f"/c/jobs/{again.json()['job']}")).json()["state"] == "done"
    unknown = await live.client.get("/c/jobs/AAAAAAAAAAAAAAAAAAAAAA")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "not-found")
    monkeypatch.setattr(rights, "JOB_SECONDS", -10)
    async with live.context.state.write(followed=False) as connection:
        await rights.mark_erased(connection, int(time.time()))
    assert (await live.client.get(f"/c/jobs/{job}")).status_code == 404


async def test_erasing_never_answers_success_when_the_erasure_log_cannot_be_written(
    live: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_state: object) -> None:
        raise OSError(28, "No space left on device")

    said = await live.consent()
    monkeypatch.setattr(live.context.erasures, "catch_up", full)
    answer = await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})
    assert (answer.status_code, "job" in answer.json()) == (503, False)


async def test_a_key_made_by_another_process_is_looked_up(live: Running) -> None:
    """For a prior, a question, an erasure and a withdrawal alike."""

    async def elsewhere() -> str:
        """An access key under a key that this process has not read yet; it may read one within the same instant."""
        for _ in range(20):
            keys = await asyncio.to_thread(Keys.rotate, live.context.settings.data_path)
            if keys.signing.kid not in live.context.tokens.keys.token_keys:
                return Tokens(keys).mint_access_key("example.com", root)
        raise AssertionError("every new key was read at once")

    said = await live.consent()
    root = live.context.tokens.access_key(said["access_key"]).root
    assert (await told(live, await elsewhere()))["choice"]["state"] == "given"
    key = await elsewhere()
    assert (await live.post("/c/consent", yes(prior=key))).json()["access_key"] == key
    key = await elsewhere()
    assert (await live.post("/c/me/erase", {"access_key": key, "go_on": True})).status_code == 202
    assert (await live.post("/c/withdraw", {"access_key": await elsewhere()})).status_code == 204


async def test_of_a_removed_site_the_records_are_told(live: Running) -> None:
    said = await live.consent()
    await send(live, said["token"], page("/gone"))
    async with live.context.state.write() as connection:
        await removal.mark(connection, "example.com", int(time.time()))
    async for _ in removal.bury_everybody(live.context.state, "example.com"):
        pass
    await live.context.follower.refresh()
    found = await told(live, said["access_key"])
    assert (found["choice"]["state"], found["rows"], len(found["notices"])) == ("withdrawn", [], 1)
    assert [record["kind"] for record in found["records"]] == ["given", "withdrawn"]
