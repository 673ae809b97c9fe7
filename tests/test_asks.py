"""Asks and the yeses to them: integers by site and hour, written together, lost by no error."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

from collector import asks
from collector.consent import removal
from collector.state.database import _MIGRATIONS, FILE, State
from collector.state.tables import ask
from tests.wire import SITE, Running, add_site, running, yes

HOUR_S = 3600


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


async def written(state: State) -> dict[str, tuple[int, int, int]]:
    """Asks, yeses and yeses elsewhere of each site, over all hours."""
    sums: dict[str, tuple[int, int, int]] = {}
    async with state.read() as connection:
        for row in await connection.execute(select(ask)):
            before = sums.get(row.site, (0, 0, 0))
            sums[row.site] = before[0] + row.asks, before[1] + row.yes, before[2] + row.elsewhere
            assert row.hour % HOUR_S == 0
            assert abs(row.hour - time.time()) < 2 * HOUR_S
    return sums


async def test_each_fetch_of_the_texts_is_an_ask_and_each_yes_is_told_by_who_asked(live: Running) -> None:
    await add_site(live.context.state, "other.test", aliases=())
    await live.context.follower.refresh()
    texts = f"/c/site/{SITE}.json"
    first = await live.client.get(texts)
    again = await live.client.get(texts, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304  # the browser had the texts, and is about to ask all the same
    await live.client.get(f"/c/site/www.{SITE}.json")  # an alias is the same site
    await live.client.head(texts)
    await live.client.get("/c/tag.js")
    await live.client.get("/c/site/unknown.test.json")
    await live.client.get("/c/site/other.test.json")
    held = await live.consent()
    await live.consent(prior=held["access_key"], purposes=["measure"])  # asked again, and chose anew
    await live.consent(source="api", shown="cmp")
    assert (await live.post("/c/consent", yes(), sec_gpc="1")).status_code == 204
    assert (await live.post("/c/consent", yes(purposes=["returning"]))).status_code == 400
    for _ in range(2):  # a second flush adds nothing
        await asks.flush(live.context)
        assert await written(live.context.state) == {SITE: (3, 2, 1), "other.test": (1, 0, 0)}
    await live.client.get(texts)
    await asks.flush(live.context)
    assert (await written(live.context.state))[SITE] == (4, 2, 1)


async def test_what_could_not_be_written_stays_for_the_next_time(
    live: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.client.get(f"/c/site/{SITE}.json")

    def fail(**_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(live.context.state, "write", fail)
    with pytest.raises(OperationalError):
        await asks.flush(live.context)
    monkeypatch.undo()
    await live.client.get(f"/c/site/{SITE}.json")
    await asks.flush(live.context)
    assert await written(live.context.state) == {SITE: (2, 0, 0)}


async def test_what_was_counted_is_written_when_the_process_stops(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        await asyncio.sleep(0)  # its tasks begin
        await live.client.get(f"/c/site/{SITE}.json")
    state = await asyncio.to_thread(State.open, tmp_path)
    assert await written(state) == {SITE: (1, 0, 0)}
    await state.close()


async def test_of_a_site_that_was_removed_nothing_is_counted(live: Running) -> None:
    await live.client.get(f"/c/site/{SITE}.json")
    async with live.context.state.write() as connection:
        await removal.mark(connection, SITE, int(time.time()))
    await asks.flush(live.context)
    assert await written(live.context.state) == {}
    assert not live.context.asks


def test_yeses_of_before_are_counted_from_the_consent_log(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = create_engine(f"sqlite:///{tmp_path / FILE}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    engine.dispose()
    database = sqlite3.connect(tmp_path / FILE)
    database.execute("INSERT INTO ask VALUES ('example.com', 7200, 9)")
    facts = [
        ("given", "byleave", 7200), ("given", "byleave", 10_799), ("re-confirmed", "byleave", 10_800),
        ("given", "cmp", 7300), ("withdrawn", None, 7400),
    ]  # fmt: skip
    for number, (kind, shown, at) in enumerate(facts):
        body = {"kind": kind, "site": SITE, **({"shown": shown} if shown else {})}
        row = (b"p", b"h", b"%d" % number, json.dumps(body), b"s", at)
        database.execute(
            "INSERT INTO consent_log (previous, body_hash, link, body, subject, recorded_at) VALUES (?,?,?,?,?,?)", row
        )
    database.execute(
        "INSERT INTO consent_log (previous, body_hash, link, recorded_at) VALUES (x'00', x'00', x'00', 7200)"
    )
    database.commit()
    database.close()
    State.open(tmp_path)
    database = sqlite3.connect(tmp_path / FILE)
    rows = database.execute("SELECT site, hour, asks, yes, elsewhere FROM ask ORDER BY hour").fetchall()
    database.close()
    assert rows == [(SITE, 7200, 9, 2, 1), (SITE, 10_800, 0, 1, 0)]
