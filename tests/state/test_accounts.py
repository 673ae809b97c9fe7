"""Accounts: made, found by their password, changed, removed."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from collector.state import tables
from collector.state.accounts import (
    Account,
    AccountError,
    check_password,
    create_account,
    list_accounts,
    remove_account,
    set_password,
)
from collector.state.database import State

PASSWORD = "a long enough one"


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path)
    yield opened
    await opened.close()


async def create(
    state: State, email: str = "you@example.com", password: str = PASSWORD, role: str = "owner"
) -> Account:
    async with state.write() as connection:
        return await create_account(connection, email, password, role, 1_700_000_000)


async def test_an_account_opens_with_its_password_alone(state: State) -> None:
    made = await create(state, " You@Example.com ")
    assert made.email == "you@example.com"
    assert await check_password(state, "YOU@example.com", PASSWORD) == made
    assert await check_password(state, "you@example.com", PASSWORD + "!") is None
    assert await check_password(state, "nobody@example.com", PASSWORD) is None


async def test_the_same_password_typed_differently_composed_opens_it(state: State) -> None:
    await create(state, password="caf\u00e9 at the corner")
    assert await check_password(state, "you@example.com", "cafe\u0301 at the corner") is not None


async def test_no_password_is_stored(state: State, tmp_path: Path) -> None:
    await create(state)
    async with state.read() as connection:
        stored = (await connection.execute(select(tables.account.c.password))).scalar_one()
    assert stored.startswith("$argon2id$")
    written = await asyncio.to_thread((tmp_path / "state.sqlite3").read_bytes)
    assert PASSWORD.encode() not in written


async def test_an_unknown_address_takes_as_long_as_a_known_one(state: State) -> None:
    await create(state)

    async def seconds(email: str) -> float:
        began = time.perf_counter()
        await check_password(state, email, "wrong password")
        return time.perf_counter() - began

    known = min([await seconds("you@example.com") for _ in range(5)])
    unknown = min([await seconds("nobody@example.com") for _ in range(5)])
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize(
    ("email", "password", "role", "says"),
    [
        ("you@example.com", "eleven char", "owner", "at least 12"),
        ("you@example.com", "x" * 1025, "owner", "at most 1024"),
        ("you", PASSWORD, "owner", "e-mail"),
        ("a@b@example.com", PASSWORD, "owner", "e-mail"),
        ("you and@example.com", PASSWORD, "owner", "e-mail"),
        ("you\n@example.com", PASSWORD, "owner", "e-mail"),
        ("@example.com", PASSWORD, "owner", "e-mail"),
        ("you@example.com", PASSWORD, "king", "role"),
    ],
)
async def test_a_refused_account_says_why(state: State, email: str, password: str, role: str, says: str) -> None:
    with pytest.raises(AccountError, match=says):
        await create(state, email, password, role)


async def test_an_address_has_one_account(state: State) -> None:
    await create(state)
    with pytest.raises(AccountError, match="has an account"):
        await create(state, "YOU@EXAMPLE.COM")


async def test_a_new_password_signs_out_everywhere(state: State) -> None:
    made = await create(state)
    login = {"secret_hash": b"x", "account": made.id, "csrf": "c", "created_at": 1, "expires_at": 2**40}
    async with state.write() as connection:
        await connection.execute(tables.login.insert().values(login))
        await set_password(connection, made.email, "another long one")
    async with state.read() as connection:
        assert (await connection.execute(select(tables.login))).first() is None
    assert await check_password(state, made.email, PASSWORD) is None
    assert await check_password(state, made.email, "another long one") == made


async def test_the_only_owner_cannot_be_removed(state: State) -> None:
    await create(state)
    await create(state, "viewer@example.com", role="viewer")
    async with state.write() as connection:
        with pytest.raises(AccountError, match="only owner"):
            await remove_account(connection, "you@example.com")
        await remove_account(connection, "viewer@example.com")
        with pytest.raises(AccountError, match="no account"):
            await remove_account(connection, "viewer@example.com")
        assert [one.email for one in await list_accounts(connection)] == ["you@example.com"]
