"""Rows leave on time: each by its own notice, in its site's days, off the disk, whenever the owner comes to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from collector import owner as owners
from collector import server
from collector import spool as spools
from collector.cli.upkeep import retained
from collector.consent.notice import Draft, publish
from collector.consent.record import append, iso
from collector.control import call
from collector.owner import Owner
from collector.retention import last_run
from collector.rewriting import Rewriting
from collector.settings import Settings
from collector.spool import Spool
from collector.state import sites, tables
from collector.state.database import State
from tests.rows import batch, line

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
DRAFT = Draft(controller="Example Ltd", contact="privacy@example.com", retention_months=2)
BERLIN, TOKYO = "example.com", "example.jp"


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """A state with two sites, to be owned again and again, and a clock."""

    data: Path
    state: State
    clock: Clock
    notices: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(data=str(self.data), duckdb_memory="500MB", duckdb_threads=1, duckdb_compression="off")

    @asynccontextmanager
    async def owned(self) -> AsyncIterator[Owner]:
        async with (
            server.following(self.state) as follower,
            server.owning(self.settings, follower, self.clock) as owner,
        ):
            yield owner

    async def publish(self, site: str, **changes: Any) -> str:
        async with self.state.write() as connection:
            draft = Draft(**{"controller": "Example Ltd", "contact": "a@example.com", **changes})
            published = await publish(connection, site, draft, iso(int(START.timestamp())), 1_700_000_000)
        return published.id

    async def send(self, *rows: bytes) -> None:
        """Through the spool, as they come."""
        spool = await Spool.open(self.data / "spool")
        for row in rows:
            await spool.append(batch(row))
        await spool.close()

    def row(self, at: str, site: str = BERLIN, notice: str | None = None, **more: Any) -> bytes:
        return line(site=site, host=site, notice=notice or self.notices[site], occurred_at=at, **more)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    state = await asyncio.to_thread(State.open, tmp_path)
    found = House(tmp_path, state, Clock(), {})
    async with state.write() as connection:
        for name, zone in ((BERLIN, "Europe/Berlin"), (TOKYO, "Asia/Tokyo")):
            await sites.add(connection, sites.checked(name, (), zone), 1_700_000_000)
    for name in (BERLIN, TOKYO):
        found.notices[name] = await found.publish(name, retention_months=2)
    yield found
    await state.close()


async def kept(owner: Owner) -> list[str]:
    """The paths of the rows that are there."""
    async with owner.store.snapshot() as snapshot:
        return [path for (path,) in await snapshot.fetch("SELECT path FROM event ORDER BY path")]


async def until_kept(owner: Owner, paths: list[str]) -> None:
    async with asyncio.timeout(15):
        while await kept(owner) != paths:
            await asyncio.sleep(0.02)


async def test_each_site_has_its_own_midnight(house: House) -> None:
    """May the 10th begins in Tokyo at 15:00 UTC, in Berlin at 22:00 UTC, each the day before."""
    await house.send(
        house.row("2026-03-09 22:59:59", path="/berlin/9"),
        house.row("2026-03-09 23:00:00", path="/berlin/10"),
        house.row("2026-03-09 14:59:59", TOKYO, path="/tokyo/9"),
        house.row("2026-03-09 15:00:00", TOKYO, path="/tokyo/10"),
    )
    everything = ["/berlin/10", "/berlin/9", "/tokyo/10", "/tokyo/9"]
    moments = {
        "2026-05-08T14:59:59+00:00": everything,
        "2026-05-08T15:00:00+00:00": everything[:3],
        "2026-05-08T21:59:59+00:00": everything[:3],
        "2026-05-08T22:00:00+00:00": ["/berlin/10", "/tokyo/10"],
        "2026-05-09T15:00:00+00:00": ["/berlin/10"],
        "2026-05-09T22:00:00+00:00": [],
    }
    await leaves(house, moments)


async def leaves(house: House, moments: dict[str, list[str]]) -> None:
    """At each moment a run leaves these rows and no others."""
    async with house.owned() as owner:
        for now, left in moments.items():
            house.clock.now = datetime.fromisoformat(now)
            await owner.retain_now()
            assert await kept(owner) == left, now


async def test_a_later_notice_changes_no_older_row(house: House) -> None:
    first = house.notices[BERLIN]
    shorter = await house.publish(BERLIN, retention_months=1)
    longer = await house.publish(BERLIN, retention_months=120)
    await house.send(
        house.row("2026-03-10 12:00:00", notice=first, path="/two-months"),
        house.row("2026-03-10 12:00:00", notice=shorter, path="/one-month"),
        house.row("2026-03-10 12:00:00", notice=longer, path="/ten-years"),
    )
    moments = {
        "2026-04-09T12:00:00+00:00": ["/one-month", "/ten-years", "/two-months"],
        "2026-04-10T12:00:00+00:00": ["/ten-years", "/two-months"],
        "2026-05-10T12:00:00+00:00": ["/ten-years"],
        "2036-03-09T12:00:00+00:00": ["/ten-years"],
        "2036-03-10T12:00:00+00:00": [],
    }
    await leaves(house, moments)


async def test_a_time_zone_that_changed_later_counts(house: House) -> None:
    await house.send(house.row("2026-03-10 02:00:00", path="/a"))
    house.clock.now = datetime(2026, 5, 10, 1, tzinfo=UTC)  # the 9th still, in Denver
    async with house.state.write() as connection:
        await connection.execute(update(tables.site).values(timezone="America/Denver"))
    async with house.owned() as owner:
        assert await owner.retain_now() == {BERLIN: 1}  # the row itself is of the 9th there
        assert await kept(owner) == []


async def test_a_day_is_enough_after_a_long_rest(house: House) -> None:
    """The owner was down for months: the first round lets go what is expired by then, nobody has to ask."""
    await house.send(house.row("2026-03-10 12:00:00", path="/old"), house.row("2026-08-01 12:00:00", path="/new"))
    async with house.owned() as owner:
        await until_kept(owner, ["/new", "/old"])
    house.clock.now = datetime(2026, 9, 1, tzinfo=UTC)
    async with house.owned() as owner:
        await until_kept(owner, ["/new"])
        await until_run(house)


async def until_run(house: House) -> None:
    """Until it was looked for expired rows at the clock's present time."""
    async with asyncio.timeout(10):
        while await last_run(house.state) != house.clock.now:
            await asyncio.sleep(0.02)


async def test_once_a_day_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "REWRITE_RETRY_SECONDS", 0.0)
    async with house.owned() as owner:
        await until_run(house)
        await house.send(house.row("2025-01-01 12:00:00", path="/expired"))
        await until_kept(owner, ["/expired"])
        house.clock.now = START + timedelta(hours=23, minutes=59)
        await asyncio.sleep(0.5)
        assert await kept(owner) == ["/expired"]
        house.clock.now = START + timedelta(days=1)
        await until_kept(owner, [])
        async with asyncio.timeout(15):  # and the store is written anew by itself
            while "2025-01-01" in str(await asyncio.to_thread(lambda: owner.store.begun)):
                await asyncio.sleep(0.02)


async def test_the_bytes_are_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command, with an owner that runs; and the search is known to see them before."""
    monkeypatch.setattr(spools, "WATCH_SECONDS", 0.05)
    house.clock.now = datetime(2026, 4, 1, tzinfo=UTC)
    await house.send(house.row("2026-03-10 12:00:00", path="/canary-of-the-expired"))
    await house.send(house.row("2026-03-20 12:00:00", path="/canary-of-the-kept"))
    async with house.owned() as owner:
        await until_kept(owner, ["/canary-of-the-expired", "/canary-of-the-kept"])
        assert await retained(house.settings) == {}
        assert b"canary-of-the-expired" in await asyncio.to_thread(_bytes, house.data)
        house.clock.now = datetime(2026, 5, 11, tzinfo=UTC)
        assert await retained(house.settings) == {BERLIN: 1}
        left = await asyncio.to_thread(_bytes, house.data)
        assert b"canary-of-the-kept" in left
        assert b"canary-of-the-expired" not in left


async def test_what_lay_in_the_spool_for_months_is_loaded_and_goes(house: House) -> None:
    await house.send(house.row("2026-03-10 12:00:00", path="/canary-of-the-expired"))
    house.clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert await retained(house.settings, clock=house.clock) == {BERLIN: 1}
    assert b"canary-of-the-expired" not in await asyncio.to_thread(_bytes, house.data)


async def test_it_waits_for_a_rewrite_that_runs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, copy = asyncio.Event(), Rewriting.copy

    async def wait(work: Rewriting) -> None:
        await go_on.wait()
        await copy(work)

    monkeypatch.setattr(Rewriting, "copy", wait)
    await house.send(house.row("2026-03-10 12:00:00", path="/canary-of-the-expired"))
    async with house.owned() as owner:
        await until_kept(owner, ["/canary-of-the-expired"])
        await until_run(house)
        house.clock.now = datetime(2026, 6, 1, tzinfo=UTC)
        with monkeypatch.context() as patch:
            patch.setattr(owners, "GENERATION_AGE", timedelta(0))
            patch.setattr(owner, "_retention", None)  # a rewrite whose snapshot holds the row
            owner._rewrite_after = 0.0
            async with asyncio.timeout(10):
                while owner._rewriting is None or owner._rewriting.phase != "copying":
                    await asyncio.sleep(0.02)
        asked = asyncio.create_task(call(house.data, "retention_run"))
        await asyncio.sleep(0.3)
        assert await kept(owner) == ["/canary-of-the-expired"]
        go_on.set()
        assert await asked == {BERLIN: 1}
        assert b"canary-of-the-expired" not in await asyncio.to_thread(_bytes, house.data)


async def test_a_clock_set_back_does_not_stop_it(house: House) -> None:
    async with house.owned() as owner:
        await owner.retain_now()
        house.clock.now = START - timedelta(days=400)
        owner._rewrite_after = 0.0
        await until_run(house)


async def test_consents_end_and_their_bodies_go_when_their_time_is_over(house: House) -> None:
    """Recorded as expired half a year after the yes; the bodies go when the notice's years for them are over."""
    given, expires = int(START.timestamp()), int((START + timedelta(days=180)).timestamp())
    facts = {"site": BERLIN, "notice": house.notices[BERLIN], "purposes": ["measure"], "expires": iso(expires)}
    async with house.state.write() as connection:
        await append(connection, "given", b"s" * 16, given, **facts)

    async def entries() -> list[tuple[int, bool]]:
        async with house.state.read() as connection:
            query = select(tables.consent_log.c.seq, tables.consent_log.c.body).order_by(tables.consent_log.c.seq)
            return [(row.seq, row.body is not None) for row in await connection.execute(query)]

    async with house.owned() as owner:
        for days, found in ((179, [(1, True)]), (181, [(1, True), (2, True)]), (181 + 1200, [(1, False), (2, False)])):
            house.clock.now = START + timedelta(days=days)
            await owner.retain_now()
            assert await entries() == found, days


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_socket())
