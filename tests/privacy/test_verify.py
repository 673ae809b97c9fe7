"""`byleave consent verify`: green on honest data of every kind, red on each kind of planted violation."""

import asyncio
import hashlib
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from blockbuster import BlockBuster

from collector import control
from collector.consent.ending import expire, remove_bodies
from collector.consent.keys import Keys
from collector.consent.notice import canonical
from collector.consent.record import link
from collector.consent.verify import Proof, Verifier, bounds
from collector.settings import Settings
from collector.standalone import own_store
from collector.state.database import State
from tests.privacy import honest
from tests.wire import Running, beacon, running

DAY = 86_400


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Honest data, made once."""
    data = tmp_path_factory.mktemp("honest") / "data"
    asyncio.run(honest.make(data))
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path, blockbuster: BlockBuster) -> Path:
    """A copy of it to do harm to."""
    blockbuster.deactivate()
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def proof_of(data: Path, site: str = "", now: float = 0) -> Proof:
    return asyncio.run(_proof(data, site, int(now or time.time())))


async def _proof(data: Path, site: str, now: int) -> Proof:
    state = await asyncio.to_thread(State.open, data)
    try:
        async with own_store(Settings(data=str(data))) as store, store.snapshot() as snapshot:
            keys = await asyncio.to_thread(Keys.open, data)
            return await Verifier(state, keys, snapshot, await bounds(state), site, now).run()
    finally:
        await state.close()


def logged(data: Path, *statements: str, **values: Any) -> list[Any]:
    """Statements on the state database, by hand; the rows of the last one."""
    with sqlite3.connect(data / "state.sqlite3") as db:
        for statement in statements:
            rows = db.execute(statement, values if ":" in statement else {}).fetchall()
    db.close()
    return rows


def stored(data: Path, *statements: str) -> list[Any]:
    """Statements on the event store, by hand; the rows of the last one."""
    name = (data / "events" / "CURRENT").read_text().strip()
    with duckdb.connect(str(data / "events" / f"{name}.duckdb")) as db:
        for statement in statements:
            rows = db.execute(statement).fetchall()
    return rows


def test_honest_data_of_every_kind_is_proved(data: Path) -> None:
    ((rows, subjects, visitors, adverts),) = stored(
        data, "SELECT count(*), count(DISTINCT subject), count(visitor), count(ad) FROM event"
    )
    assert min(visitors, adverts) > 0
    proof = proof_of(data)
    assert proof.problem == ""
    assert [found.what for found in proof.findings] == [
        "notices", "consent log", "withdrawals", "rows", "erasures", "age", "visits",
    ]  # fmt: skip
    assert (proof.rows, proof.subjects, proof.notices, proof.made_up) == (rows, subjects, 3, 0)
    assert proof.records.keys() == {"given", "re-confirmed", "withdrawn"}
    assert proof.sequence == sum(proof.records.values())
    here = proof_of(data, "elsewhere.example")
    assert (here.problem, here.rows, here.subjects) == ("", len(honest.VISIT), 1)
    assert here.sequence == proof.sequence  # the log is one chain


PLANT = "INSERT INTO event SELECT * REPLACE ({}) FROM event WHERE {} LIMIT 1"
KNOWN = "visitor IS NOT NULL AND site = 'example.com'"
OF_MEASURE = "subject IN (SELECT subject FROM event GROUP BY subject HAVING count(visitor) = 0)"
ROWS = [
    ("without a record", "gen_random_uuid() AS subject", KNOWN, "rows", "has no consent record at all"),
    ("before the yes", "occurred_at - INTERVAL 1 SECOND AS occurred_at",
     "occurred_at = (SELECT min(occurred_at) FROM event)", "rows", "older than its consent"),
    ("after it ran out", "occurred_at + INTERVAL 181 DAY AS occurred_at", KNOWN, "rows", "younger than its consent"),
    ("under another notice",
     "(SELECT max(notice) FROM event AS o WHERE o.site = e.site AND o.notice <> e.notice) AS notice",
     "site = 'example.com' AND visitor IS NULL", "rows", "no consent record under the notice it names"),
    ("under no notice", "repeat('a', 64) AS notice", KNOWN, "rows", "was never published"),
    ("under another site's notice", "(SELECT any_value(notice) FROM event WHERE site <> 'example.com') AS notice",
     KNOWN, "rows", "a notice of another site"),
    ("of another site", "'elsewhere.example' AS site", KNOWN, "rows", "a notice of another site"),
    ("a visitor without returning", "1 AS visitor", OF_MEASURE, "rows", "without the purpose returning"),
    ("an advert without ads", "'Google Ads' AS ad", OF_MEASURE, "rows", "without the purpose ads"),
    ("another's visitor", "visitor + 1 AS visitor", KNOWN, "rows", "not the keyed hash of its subject"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "what", "says"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_planted_row_shows(data: Path, change: str, where: str, what: str, says: str) -> None:
    stored(data, PLANT.format(change, where).replace("FROM event WHERE", "FROM event AS e WHERE", 1))
    shows(proof_of(data), what, says)


def test_a_row_of_a_time_before_the_purposes_were_narrowed_shows(data: Path) -> None:
    """Its consent did hold the purposes once; the later yes took them back from rows already stored, too."""
    ((subject, seq),) = logged(
        data, "SELECT hex(subject), min(seq) FROM narrowing WHERE kept = '[\"measure\"]' ORDER BY seq LIMIT 1"
    )
    assert seq
    visitor = Keys.open(data).visitor(bytes.fromhex(subject))
    first = f"(SELECT min(occurred_at) FROM event WHERE subject = '{subject}'::UUID)"
    where = f"subject = '{subject}'::UUID AND occurred_at = {first}"
    assert stored(data, f"SELECT count(*) FROM event WHERE {where} AND visitor IS NULL")[0][0]
    stored(data, PLANT.format(f"{visitor} AS visitor", where))
    shows(proof_of(data), "rows", "without the purpose returning")


def test_a_row_of_somebody_who_withdrew_shows(data: Path) -> None:
    ((subject, notice), *_) = logged(
        data,
        "SELECT lower(hex(t.subject)), json_extract(l.body, '$.notice')"
        " FROM tombstone t JOIN consent_log l USING (subject) WHERE json_extract(l.body, '$.kind') = 'given'"
        " AND subject IN (SELECT subject FROM consent_log WHERE json_extract(body, '$.kind') = 'withdrawn')",
    )
    at = "(SELECT max(occurred_at) FROM event) + INTERVAL 1 MINUTE"
    change = f"'{subject}'::UUID AS subject, NULL AS visitor, NULL AS ad, '{notice}' AS notice, {at} AS occurred_at"
    stored(data, PLANT.format(change, KNOWN))
    shows(proof_of(data), "erasures", "withdrew or was erased")
    logged(data, "DELETE FROM tombstone")
    proof = proof_of(data)
    shows(proof, "withdrawals", "a withdrawal without a tombstone")
    assert "withdrew" in next(found.problem for found in proof.findings if found.what == "erasures")


def test_a_row_of_an_erased_subject_shows(data: Path) -> None:
    ((subject,),) = stored(data, f"SELECT subject FROM event WHERE {KNOWN} LIMIT 1")
    logged(
        data,
        "INSERT INTO tombstone (subject, site, buried_at) VALUES (:subject, 'example.com', 1)",
        subject=subject.bytes,
    )
    shows(proof_of(data), "erasures", "withdrew or was erased")


def swap(data: Path) -> None:
    logged(
        data,
        "UPDATE consent_log SET seq = -1 WHERE seq = 2",
        "UPDATE consent_log SET seq = 2 WHERE seq = 3",
        "UPDATE consent_log SET seq = 3 WHERE seq = -1",
    )


def sql(*statements: str) -> Callable[[Path], Any]:
    return lambda data: logged(data, *statements)


ALTERED = "UPDATE consent_log SET body = replace(body, '\"en\"', '\"fr\"') WHERE seq = 2"
COLUMNS = "previous, body_hash, link, body, subject, recorded_at"
LOG: list[tuple[str, Callable[[Path], Any], str, str]] = [
    ("altered body", sql(ALTERED), "consent log", "Record 2 of .* body that was altered"),
    ("forged hash", sql("UPDATE consent_log SET body_hash = randomblob(32), body = NULL, subject = NULL,"
     " recorded_at = 1 WHERE seq = 2"), "consent log", "Record 2 of .* does not follow from its body's hash"),
    ("forged link", sql("UPDATE consent_log SET link = randomblob(32) WHERE seq = 2"), "consent log",
     "Record 2 of .* does not follow from its body's hash"),
    ("removed first", sql("DELETE FROM consent_log WHERE seq = 1"), "consent log",
     "Record 2 of .* does not follow the log's beginning"),
    ("removed record", sql("DELETE FROM consent_log WHERE seq = 2"), "consent log",
     "Record 3 of .* does not follow record 1"),
    ("removed last", sql("DELETE FROM consent_log WHERE seq = (SELECT max(seq) FROM consent_log)"), "consent log",
     "those at its end are missing"),
    ("removed last, the count, too", sql(
        "DELETE FROM consent_log WHERE seq = (SELECT max(seq) FROM consent_log)",
        "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'consent_log'"), "rows", "no consent record"),
    ("reordered", swap, "consent log", "Record 2 of .* does not follow record 1"),
    ("said twice", sql(
        f"INSERT INTO consent_log (seq, {COLUMNS}) SELECT 1000, previous, body_hash, zeroblob(32), body, subject,"
        " recorded_at FROM consent_log WHERE seq = 2"), "consent log", "Record 1000 of .* does not follow record"),
    ("body gone too early", sql("UPDATE consent_log SET body = NULL, subject = NULL WHERE seq = 2"), "consent log",
     "Record 2 of .* lost its body before its time"),
    ("another subject", sql("UPDATE consent_log SET subject = zeroblob(16) WHERE seq = 2"), "consent log",
     "Record 2 of .* another subject"),
    ("another time", sql("UPDATE consent_log SET recorded_at = recorded_at - 9 WHERE seq = 2"), "consent log",
     "Record 2 of .* another time"),
    ("unreadable body", sql("UPDATE consent_log SET body = 'none' WHERE seq = 2"), "consent log", "Record 2 .* alter"),
    ("unreadable notice", sql("UPDATE notice SET body = 'none' WHERE seq = 1"), "notices", "was altered"),
    ("altered notice", sql("UPDATE notice SET body = replace(body, 'privacy@', 'nobody@') WHERE seq = 1"), "notices",
     "was altered"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "what", "says"), [row[1:] for row in LOG], ids=[row[0] for row in LOG])
def test_a_changed_log_shows(data: Path, harm: Callable[[Path], Any], what: str, says: str) -> None:
    harm(data)
    shows(proof_of(data), what, says)


def append(data: Path, **changes: Any) -> None:
    """One more record, rightly chained, that says what cannot be."""
    ((seq, before),) = logged(data, "SELECT seq, link FROM consent_log ORDER BY seq DESC LIMIT 1")
    ((text, at, subject),) = logged(data, "SELECT body, recorded_at, subject FROM consent_log WHERE seq = 1")
    body = canonical(json.loads(text) | changes)
    hashed = hashlib.sha256(body.encode()).digest()
    logged(
        data,
        f"INSERT INTO consent_log (seq, {COLUMNS})"
        " VALUES (:seq, :previous, :body_hash, :link, :body, :subject, :recorded_at)",
        seq=seq + 1, previous=before, body_hash=hashed, link=link(before, hashed), body=body, subject=subject,
        recorded_at=at,
    )  # fmt: skip


BODIES: list[tuple[str, dict[str, Any], str]] = [
    ("no such kind", {"kind": "refused"}, "of no kind that the log knows"),
    ("no such notice", {"notice": "a" * 64}, "names a notice that example.com has never published"),
    ("another site's notice", {"site": "elsewhere.example"}, "elsewhere.example has never published"),
    ("more than was offered", {"purposes": ["measure", "profile"]}, "purposes that its notice does not offer"),
    ("without measure", {"purposes": ["returning"]}, "purposes that its notice does not offer"),
    ("over before it began", {"expires": "2020-01-01T00:00:00Z"}, "ran out before it began"),
    ("no time", {"expires": "soon"}, "a body that cannot be read"),
    ("no subject", {"subject": "00"}, "another subject"),
]


@pytest.mark.parametrize(("changes", "says"), [one[1:] for one in BODIES], ids=[one[0] for one in BODIES])
def test_a_record_that_says_what_cannot_be_shows(data: Path, changes: dict[str, Any], says: str) -> None:
    append(data)
    assert proof_of(data).problem == ""
    append(data, **changes)
    shows(proof_of(data), "consent log", says)


VISITS = [
    ("visit + 1 AS visit", "true", "has no event"),
    ("coalesce(visitor, 0) + 1 AS visitor", "true", "has no event with its visitor"),
    ("'Meta' AS ad", "true", "has no event with its advert"),
]


@pytest.mark.parametrize(("change", "where", "says"), VISITS)
def test_a_visit_without_its_events_shows(data: Path, change: str, where: str, says: str) -> None:
    stored(data, f"INSERT INTO visit SELECT * REPLACE ({change}) FROM visit WHERE {where} LIMIT 1")
    shows(proof_of(data), "visits", says)


def test_a_row_that_should_have_expired_shows(data: Path) -> None:
    month = 31 * DAY
    assert proof_of(data, now=time.time() + 24 * month).problem == ""
    shows(proof_of(data, now=time.time() + 26 * month), "age", "25 months.*byleave retention run")


def shows(proof: Proof, what: str, says: str) -> None:
    """The first violation is named, and of nobody more than 8 digits of a hash."""
    wrong = [found for found in proof.findings if found.problem]
    assert wrong, f"not seen: {says}"
    assert (wrong[0].what, proof.problem) == (what, wrong[0].problem)
    assert re.search(says, proof.problem), proof.problem
    assert not re.search(r"[0-9a-f]{9,}", " ".join(found.problem for found in proof.findings))


def test_what_ended_by_itself_is_proved(data: Path) -> None:
    """Consents that ran out, then bodies whose time is over: rows are gone by then, as retention takes them."""
    later = int(time.time()) + 181 * DAY

    async def ending(now: int) -> tuple[int, int]:
        state = await asyncio.to_thread(State.open, data)
        try:
            return await expire(state, now), await remove_bodies(state, now)
        finally:
            await state.close()

    expired, removed = asyncio.run(ending(later))
    assert (expired > 5, removed) == (True, 0)
    proof = proof_of(data, now=later)
    assert (proof.problem, proof.records["expired"]) == ("", expired)
    stored(data, "DELETE FROM event", "DELETE FROM visit")
    years = int(datetime(datetime.now(UTC).year + 5, 1, 1, tzinfo=UTC).timestamp())
    expired, removed = asyncio.run(ending(years))
    assert (expired, removed) == (0, proof.sequence)
    proof = proof_of(data, now=years)
    assert (proof.problem, proof.bodies_removed, proof.records) == ("", proof.sequence, {})


async def test_a_store_in_use_is_proved_while_everything_goes_on(tmp_path: Path) -> None:
    """Yes, narrower yes, withdrawal and batches all the time: the order of a moment is never taken for a violation."""
    async with running(tmp_path, rate_limit="off") as live:
        going = [asyncio.create_task(_lives(live)) for _ in range(4)]
        try:
            rows = withdrawn = times = 0
            while times < 6 or rows < 10 or withdrawn < 3:
                await asyncio.sleep(0.2)
                proof = await control.call(tmp_path, "consent_verify", site="")
                assert [found["problem"] for found in proof["findings"]] == [""] * 7
                rows, withdrawn, times = proof["rows"], proof["records"].get("withdrawn", 0), times + 1
        finally:
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)


async def _lives(live: Running) -> None:
    while True:
        held = await live.consent(purposes=honest.ALL)
        await live.post("/c/events", beacon(held["token"], honest.AD))
        await live.consent(prior=held["access_key"], purposes=["measure"])
        await live.post("/c/events", beacon(held["token"], honest.AD))
        await asyncio.sleep(0.05)
        await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": True})
        await live.post("/c/events", beacon(held["token"], honest.AD))
        await live.post("/c/withdraw", {"access_key": held["access_key"]})
        stays = await live.consent()
        await live.post("/c/events", beacon(stays["token"]))
