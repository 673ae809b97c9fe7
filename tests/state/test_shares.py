"""Share links are made, listed, found by their secret alone, and end."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from collector.state import shares, sites
from collector.state.database import FILE, State
from collector.state.shares import ShareError, checked_origins, create_share, find_share, list_shares, revoke_share

SITE, NOW = "example.com", int(time.time())


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path)
    async with opened.write() as connection:
        site = await asyncio.to_thread(sites.checked, SITE, (), "Europe/Berlin")
        await sites.add(connection, site, NOW)
    yield opened
    await opened.close()


async def test_of_the_secret_only_a_hash_is_kept(state: State, tmp_path: Path) -> None:
    async with state.write() as connection:
        made, secret = await create_share(connection, SITE, "the board", NOW, password="a long enough password")
        assert await find_share(connection, secret, NOW) == made
        assert await list_shares(connection, SITE) == [made]
        assert await list_shares(connection, "other.example") == []
    kept = await asyncio.to_thread((tmp_path / FILE).read_bytes)
    assert made.id.encode() in kept
    assert secret.encode() not in kept
    assert b"a long enough password" not in kept


async def test_it_ends(state: State) -> None:
    async with state.write() as connection:
        made, secret = await create_share(connection, SITE, "a day", NOW, expires_at=NOW + 10)
        assert await find_share(connection, secret, NOW + 9) == made
        assert await find_share(connection, secret, NOW + 10) is None
        assert await revoke_share(connection, "other.example", made.id) is None
        assert await revoke_share(connection, SITE, made.id) == made
        assert await find_share(connection, secret, NOW) is None


@pytest.mark.parametrize("secret", ["", "x", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "\n"])
async def test_what_is_no_secret_finds_nothing(state: State, secret: str) -> None:
    async with state.read() as connection:
        assert await find_share(connection, secret, NOW) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"label": ""}, "who the link is for"),
        ({"label": "x" * 65}, "who the link is for"),
        ({"label": "a\nb"}, "who the link is for"),
        ({"expires_at": NOW}, "over already"),
        ({"password": "short"}, "too short"),
        ({"password": "a long enough password", "origins": ("https://a.example",)}, "cannot ask for a password"),
        ({"origins": ("https://a.example",) * 21}, "at most 20 websites"),
    ],
)
async def test_what_cannot_be_made_says_why(state: State, given: dict[str, Any], said: str) -> None:
    async with state.write() as connection:
        with pytest.raises(ShareError, match=said):
            await create_share(connection, SITE, given.pop("label", "x"), NOW, **given)


async def test_there_is_an_end_to_them(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST", 2)
    async with state.write() as connection:
        for _ in range(2):
            await create_share(connection, SITE, "x", NOW)
        with pytest.raises(ShareError, match="revoke one"):
            await create_share(connection, SITE, "x", NOW)


def test_origins_are_written_as_a_policy_names_them() -> None:
    given = (
        "https://WWW.Example.com/",
        "https://*.example.com",
        "https://bücher.example:8443",
        "http://localhost:8001",
    )
    assert checked_origins((*given, "https://www.example.com")) == (
        "https://www.example.com",
        "https://*.example.com",
        "https://xn--bcher-kva.example:8443",
        "http://localhost:8001",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "example.com",
        "http://example.com",
        "https://",
        "https://*",
        "https://*.com",
        "https://example.com/page",
        "https://example.com?x",
        "https://user@example.com",
        "https://example.com:99999",
        "https://example.com;script-src *",
        "https://example.com'unsafe-inline'",
        "https://example.com\r\nSet-Cookie: x=1",
        "https://exa mple.com",
        "https://[::1",
        "javascript:alert(1)",
        "data:text/html,x",
        "'self'",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ShareError, match="not the address of a website"):
        checked_origins((text,))
