"""The state database and how processes follow it."""

import asyncio
import sqlite3
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state import sites, tables
from collector.state.database import FILE, State, StateError
from collector.state.follow import POLL_S, Follower
from collector.state.site import Site, SiteError, hostname, is_loopback_host, timezone
from tests.wire import DRAFT, add_site


@pytest.fixture
async def state(tmp_path: Path) -> State:
    return await asyncio.to_thread(State.open, tmp_path)


async def test_a_withdrawal_reaches_another_process_within_250_ms(state: State, tmp_path: Path) -> None:
    other = await asyncio.to_thread(State.open, tmp_path)
    follower = Follower(other)
    await follower.start()
    grave = {"subject": b"s" * 16, "site": "example.com", "buried_at": 1}
    async with state.write() as connection:
        await connection.execute(insert(tables.tombstone).values(grave))
    committed = time.monotonic()
    while b"s" * 16 not in follower.tombstones():
        assert time.monotonic() - committed < 1
        await asyncio.sleep(POLL_S / 10)
    assert follower.fresh
    await follower.stop()
    await state.close()
    await other.close()


async def test_a_renewal_leads_to_the_newest_and_never_comes_after_its_tombstone(state: State) -> None:
    follower = Follower(state)
    line = [bytes([number]) * 16 for number in range(4)]
    for number, (subject, successor) in enumerate(pairwise(line), 1):
        async with state.write() as connection:
            grave = {"subject": subject, "site": "example.com", "buried_at": number}
            await connection.execute(insert(tables.tombstone).values(grave))
            row = {"subject": subject, "successor": successor, "renewed_at": number * 10}
            await connection.execute(insert(tables.renewal).values(row))
        await follower.refresh()
        assert [follower.renewal(one) for one in line[:number]] == [(successor, number * 10)] * number
        assert follower.renewed(successor) == successor
    assert follower.renewal(b"x" * 16) == (b"x" * 16, 0)
    assert follower.tombstones() == set(line[:3])
    await state.close()


async def test_who_goes_on_is_never_taken_for_who_withdrew(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests look while a refresh waits for the database: whenever the tombstone is there, the renewal is."""
    follower = Follower(state)
    await follower.refresh()
    async with state.write() as connection:
        grave = {"subject": b"a" * 16, "site": "example.com", "buried_at": 1}
        await connection.execute(insert(tables.tombstone).values(grave))
        row = {"subject": b"a" * 16, "successor": b"b" * 16, "renewed_at": 1}
        await connection.execute(insert(tables.renewal).values(row))
    seen = []
    execute = AsyncConnection.execute

    async def looking(connection: AsyncConnection, *arguments: Any, **more: Any) -> Any:
        found = await execute(connection, *arguments, **more)
        seen.append((b"a" * 16 in follower.tombstones(), follower.renewed(b"a" * 16) == b"b" * 16))
        return found

    monkeypatch.setattr(AsyncConnection, "execute", looking)
    await follower.refresh()
    assert seen[-1] == (True, True)
    assert (True, False) not in seen
    await state.close()


async def test_it_is_stale_once_the_database_does_not_answer(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(state)
    assert not follower.fresh
    await follower.refresh()
    assert follower.fresh
    monkeypatch.setattr("collector.state.follow.STALE_S", 0.01)
    await asyncio.sleep(0.05)
    assert not follower.fresh
    await state.close()


async def test_a_write_that_nobody_follows_moves_nothing(state: State) -> None:
    async def counter() -> int:
        async with state.read() as connection:
            value: int = (await connection.execute(select(tables.change.c.counter))).scalar_one()
            return value

    before = await counter()
    async with state.write(followed=False):
        pass
    assert await counter() == before
    async with state.write():
        pass
    assert await counter() == before + 1
    await state.close()


async def test_writers_wait_for_each_other_and_none_reads_what_another_has_not_committed(state: State) -> None:
    async def add(n: int) -> None:
        async with state.write() as connection:
            last = (await connection.execute(select(tables.tombstone.c.seq).order_by(-tables.tombstone.c.seq))).scalar()
            await asyncio.sleep(0)
            row = {"seq": (last or 0) + 1, "subject": bytes([n]) * 16, "site": "s", "buried_at": 1}
            await connection.execute(insert(tables.tombstone).values(row))

    await asyncio.gather(*(add(n) for n in range(12)))
    async with state.read() as connection:
        rows = (
            (await connection.execute(select(tables.tombstone.c.seq).order_by(tables.tombstone.c.seq))).scalars().all()
        )
    assert list(rows) == list(range(1, 13))
    await state.close()


async def test_aliases_and_wildcards_find_their_site(state: State) -> None:
    await add_site(state, "example.com", aliases=("www.example.com", "*.example.com"))
    await add_site(state, "shop.example.com", aliases=("*.shop.example.com",))
    follower = Follower(state)
    await follower.refresh()
    for host, name in [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("shop.example.com", "shop.example.com"),
        ("x.shop.example.com", "shop.example.com"),
        ("example.org", None),
        ("com", None),
        ("notexample.com", None),
    ]:
        found = follower.site_of(host)
        assert (found.name if found else None) == name, host
    with pytest.raises(SiteError, match="already belongs"):
        async with state.write() as connection:
            await sites.add(connection, sites.checked("www.example.com"), 1)
    assert DRAFT.controller
    await state.close()


def test_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    State.open(tmp_path)
    database = sqlite3.connect(tmp_path / FILE)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    with pytest.raises(StateError, match="newer Byleave"):
        State.open(tmp_path)


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="BYLEAVE_DATA"):
        State.open(tmp_path / "file" / "below")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Example.COM", "example.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("example.com.", "example.com"),
        ("localhost", "localhost"),
    ],
)
def test_hostnames_have_one_form(text: str, expected: str) -> None:
    assert hostname(text) == expected


@pytest.mark.parametrize(
    "text", ["", "https://example.com", "example.com/", "a b", "-a.com", "*.example.com", "a" * 64, "ex_ample.com"]
)
def test_what_is_no_hostname_is_refused(text: str) -> None:
    with pytest.raises(SiteError, match="hostname"):
        hostname(text)


def test_only_iana_names_are_time_zones() -> None:
    assert timezone("Europe/Berlin") == "Europe/Berlin"
    for name in ("Berlin", "", "../etc/passwd", "UTC'; DROP TABLE event; --"):
        with pytest.raises(SiteError, match="IANA"):
            timezone(name)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("::1", True),
        ("localhost.evil.test", False),
        ("128.0.0.1", False),
        ("", False),
        ("0.0.0.0", False),
    ],
)
def test_loopback_hosts(host: str, local: bool) -> None:
    assert is_loopback_host(host) == local


def test_a_site_owns_its_hostnames_alone() -> None:
    site = Site(name="example.com", aliases=("*.example.com", "example.org"))
    assert [site.owns(host) for host in ("example.com", "a.example.com", "example.org", "a.example.org")] == [
        True,
        True,
        True,
        False,
    ]
