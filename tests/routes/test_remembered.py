"""What is remembered of a request is no way past a check: each case was accepted once, and must be refused now."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, update

from collector.consent import token as tokens
from collector.consent.keys import Keys
from collector.consent.notice import publish
from collector.consent.record import iso
from collector.state import tables
from tests.wire import CHROME, DRAFT, SITE, Running, add_site, beacon, running, yes


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


async def _withdrawn_elsewhere(live: Running, token: str) -> None:
    grave = {"subject": live.context.tokens.token(token).subject, "site": SITE, "buried_at": int(time.time())}
    async with live.context.state.write() as connection:
        await connection.execute(insert(tables.tombstone).values(grave))
    await live.context.follower.refresh()


async def _key_killed(live: Running, _token: str) -> None:
    keys = live.context.tokens.keys
    kid = keys.signing.kid
    keys.token_keys[kid] = msgspec.structs.replace(keys.token_keys[kid], killed=True)


async def _key_replaced(live: Running, _token: str) -> None:
    """The same key id with another secret, as after a restore of the wrong backup."""
    keys: Keys = live.context.tokens.keys
    kid = keys.signing.kid
    keys.token_keys[kid] = msgspec.structs.replace(keys.token_keys[kid], secret=b"x" * 32)
    live.context.tokens.use(keys)


async def _notice_changed(live: Running, _token: str) -> None:
    now = int(time.time())
    async with live.context.state.write() as connection:
        await publish(connection, SITE, msgspec.structs.replace(DRAFT, controller="Another Ltd"), iso(now), now)
    await live.context.follower.refresh()


async def _alias_moved(live: Running, _token: str) -> None:
    await add_site(live.context.state, "other.test", aliases=())
    async with live.context.state.write() as connection:
        await connection.execute(update(tables.site).where(tables.site.c.name == SITE).values(aliases="[]"))
    await live.context.follower.refresh()


async def _state_lost(live: Running, _token: str) -> None:
    await live.context.follower.stop()
    live.context.follower._followed = float("-inf")


CHANGES: list[tuple[Callable[[Running, str], Awaitable[None]], int, str]] = [
    (_withdrawn_elsewhere, 410, "consent-withdrawn"),
    (_key_killed, 401, "bad-token"),
    (_key_replaced, 401, "bad-token"),
    (_notice_changed, 409, "notice-changed"),
    (_alias_moved, 403, "origin-not-allowed"),
    (_state_lost, 503, "state-unavailable"),
]


@pytest.mark.parametrize(
    ("change", "status", "type_"), CHANGES, ids=[change.__name__.strip("_") for change, *_ in CHANGES]
)
async def test_a_change_counts_for_what_was_accepted_before(
    live: Running, change: Callable[[Running, str], Awaitable[None]], status: int, type_: str
) -> None:
    token = (await live.consent())["token"]
    origin = "https://www.example.com"
    for _ in range(2):
        assert (await live.post("/c/events", beacon(token), origin=origin)).status_code == 202
    await change(live, token)
    answer = await live.post("/c/events", beacon(token), origin=origin)
    assert (answer.status_code, answer.json()["type"]) == (status, type_)


async def test_an_accepted_token_expires(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await live.consent())["token"]
    assert (await live.post("/c/events", beacon(token))).status_code == 202
    later = time.time() + tokens.LIFETIME_S + 1
    monkeypatch.setattr("collector.gate.time.time", lambda: later)
    answer = await live.post("/c/events", beacon(token))
    assert (answer.status_code, answer.json()["type"]) == (401, "token-expired")


async def test_an_accepted_token_and_an_accepted_origin_of_two_sites_do_not_add_up(live: Running) -> None:
    await add_site(live.context.state, "other.test", aliases=())
    await live.context.follower.refresh()
    token = (await live.consent())["token"]
    other = (await live.post("/c/consent", yes(site="other.test"), origin="https://other.test")).json()["token"]
    assert (await live.post("/c/events", beacon(token))).status_code == 202
    assert (await live.post("/c/events", beacon(other), origin="https://other.test")).status_code == 202
    for held, origin in ((token, "https://other.test"), (other, "https://example.com")):
        answer = await live.post("/c/events", beacon(held), origin=origin)
        assert (answer.status_code, answer.json()["type"]) == (401, "bad-token")


async def test_a_person_and_a_program_do_not_share_what_is_remembered(live: Running) -> None:
    token = (await live.consent())["token"]
    for _ in range(2):
        assert (await live.post("/c/events", beacon(token), user_agent=CHROME)).status_code == 202
        assert (await live.post("/c/events", beacon(token), user_agent=f"{CHROME} HeadlessChrome")).status_code == 204


def test_verified_tokens_are_remembered_within_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CACHED", 5)
    known = tokens.Tokens(Keys.open(tmp_path))
    for number in range(20):
        text = known.mint(SITE, b"%16d" % number, b"%16d" % number, "ab" * 32, frozenset({"measure"}), 1)
        assert known.token(text).consent == b"%16d" % number
    assert known._verify.cache_info().currsize <= 5
