"""API tokens: seen once, found by their hash, revoked."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collector.state import sites
from collector.state.database import State
from collector.state.tokens import TokenError, create_token, due, find_token, list_tokens, mark_used, revoke_token

NOW = 1_700_000_000


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path)
    site = await asyncio.to_thread(sites.checked, "example.com")
    async with opened.write() as connection:
        await sites.add(connection, site, NOW)
    yield opened
    await opened.close()


async def test_a_token_is_found_until_it_is_revoked(state: State) -> None:
    async with state.write() as connection:
        token = await create_token(connection, "example.com", "for the report", NOW)
        found = await find_token(connection, token)
        assert found is not None
        assert (found.site, found.label, token.split("_")[1]) == ("example.com", "for the report", found.id)
        assert await list_tokens(connection, "example.com") == [found]
        await revoke_token(connection, found.id)
        assert await find_token(connection, token) is None
        with pytest.raises(TokenError, match="no token"):
            await revoke_token(connection, found.id)


async def test_its_secret_is_in_no_file(state: State, tmp_path: Path) -> None:
    async with state.write() as connection:
        token = await create_token(connection, "example.com", "", NOW)
    written = await asyncio.to_thread((tmp_path / "state.sqlite3").read_bytes)
    assert token[12:].encode() not in written


async def test_another_secret_with_its_id_opens_nothing(state: State) -> None:
    async with state.write() as connection:
        token = await create_token(connection, "example.com", "", NOW)
        for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:12], "", "bl_é", token + "A"):
            assert await find_token(connection, wrong) is None


async def test_a_token_needs_a_site_and_a_fit_label(state: State) -> None:
    async with state.write() as connection:
        with pytest.raises(TokenError, match="no site"):
            await create_token(connection, "other.example", "", NOW)
        for label in ("x" * 65, "two\nlines"):
            with pytest.raises(TokenError, match="label"):
                await create_token(connection, "example.com", label, NOW)


async def test_its_last_use_is_kept_by_the_day(state: State) -> None:
    async with state.write() as connection:
        token = await create_token(connection, "example.com", "", NOW)
        found = await find_token(connection, token)
        assert found is not None
        assert due(found, NOW)
        await mark_used(connection, found, NOW)
        used = await find_token(connection, token)
        assert used is not None
        assert not due(used, NOW + 3600)
        assert due(used, NOW + 86_400)
