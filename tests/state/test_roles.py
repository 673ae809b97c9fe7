"""Roles of sites, the last owner, and what an older version's accounts become."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import DatabaseError

from collector.consent import removal
from collector.state import accounts, audit, database, roles, sites, tables
from collector.state.database import State

NOW = 1_700_000_000
PASSWORD = "a long enough one"


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path)
    async with opened.write() as connection:
        for name in ("example.com", "other.example"):
            await sites.add(connection, await asyncio.to_thread(sites.checked, name), NOW)
    yield opened
    await opened.close()


async def create(state: State, name: str, role: str, *names: str) -> accounts.Account:
    async with state.write() as connection:
        return await accounts.create_account(connection, f"{name}@example.com", PASSWORD, role, NOW, names)


async def test_a_role_is_of_one_site_and_goes_with_it(state: State) -> None:
    made = await create(state, "a", "viewer", "example.com")
    async with state.write() as connection:
        await roles.give(connection, made.id, "other.example", "admin")
        assert await roles.roles_of(connection, made.id) == {"example.com": "viewer", "other.example": "admin"}
        await roles.give(connection, made.id, "example.com", "admin")
        await roles.take(connection, made.id, "other.example")
        assert await roles.roles_of(connection, made.id) == {"example.com": "admin"}
        await removal.mark(connection, "example.com", NOW)
        assert await roles.roles_of(connection, made.id) == {}
        await sites.add(connection, await asyncio.to_thread(sites.checked, "example.com"), NOW)
        assert await roles.roles_of(connection, made.id) == {}, "a site added anew is another's"


@pytest.mark.parametrize(("site", "role"), [("nowhere.example", "viewer"), ("example.com", "owner")])
async def test_a_role_that_cannot_be_is_refused(state: State, site: str, role: str) -> None:
    made = await create(state, "a", "viewer")
    async with state.write() as connection:
        with pytest.raises(roles.RoleError):
            await roles.give(connection, made.id, site, role)


async def test_the_last_owner_stays_one(state: State) -> None:
    one, two = await create(state, "a", "owner"), await create(state, "b", "owner")
    async with state.write() as connection:
        await roles.set_owner(connection, one.id, False)
        for change in (roles.set_owner(connection, two.id, False), accounts.remove_account(connection, two.email)):
            with pytest.raises(ValueError, match="only owner"):
                await change
        await roles.set_owner(connection, one.id, True)
        await accounts.remove_account(connection, two.email)


async def test_the_audit_log_can_be_added_to_and_no_more(state: State) -> None:
    async with state.write() as connection:
        await audit.note(connection, NOW, "a@example.com", "site changed", "example.com", timezone="UTC → Asia/Tokyo")
        await audit.note(connection, NOW + 1, audit.COMMAND_LINE, "keys rotated")
        with pytest.raises(ValueError, match="no action"):
            await audit.note(connection, NOW, "a@example.com", "something else")
    for change in (update(tables.audit).values(actor="nobody"), delete(tables.audit)):
        with pytest.raises(DatabaseError, match="append-only"):
            async with state.write() as connection:
                await connection.execute(change)
    async with state.read() as connection:
        newest, oldest = await audit.entries(connection, 10)
        assert (newest.action, oldest.detail) == ("keys rotated", {"timezone": "UTC → Asia/Tokyo"})
        assert await audit.entries(connection, 10, before=newest.seq) == [oldest]


async def test_accounts_of_before_keep_what_they_could_read(tmp_path: Path) -> None:
    await asyncio.to_thread(_older, tmp_path)
    opened = await asyncio.to_thread(State.open, tmp_path)
    async with opened.read() as connection:
        found = {one.email: (one.role, one.sites) for one in await accounts.list_accounts(connection)}
        scopes = (await connection.execute(select(tables.api_token.c.scope))).scalars().all()
    await opened.close()
    assert found == {
        "o@example.com": ("owner", {}),
        "a@example.com": ("member", {"example.com": "admin"}),
        "v@example.com": ("member", {"example.com": "viewer"}),
    }
    assert scopes == ["read"]


def _older(folder: Path) -> None:
    """A state of schema 0002, with a removed site too."""
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    (folder / database.FILE).touch()
    engine = create_engine(database._url("sqlite", folder))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.commit()
    engine.dispose()
    db = sqlite3.connect(folder / database.FILE)
    for name, gone in (("example.com", None), ("gone.example", NOW)):
        db.execute("INSERT INTO site VALUES (?, '[]', 'UTC', '[]', '[]', 1, ?)", (name, gone))
    for email, role in (("o@example.com", "owner"), ("a@example.com", "admin"), ("v@example.com", "viewer")):
        db.execute("INSERT INTO account (email, password, role, created_at) VALUES (?, 'x', ?, 1)", (email, role))
    db.execute("INSERT INTO api_token VALUES ('00000000', x'00', 'example.com', '', 1, NULL)")
    db.commit()
    db.close()
