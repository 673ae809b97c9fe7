"""Keys that rotate: the newest sign, all of them verify, a killed one withdraws alone."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from collector.consent.keys import FILE, Keys, KeysError
from collector.consent.token import BadToken, Tokens
from collector.routes.health import Health
from tests.wire import SITE, Running, beacon, running

NOTICE = "ab" * 32
CONSENT, ROOT = b"c" * 16, b"r" * 16


def minted(keys: Keys) -> str:
    return Tokens(keys).mint(SITE, CONSENT, ROOT, NOTICE, frozenset({"measure"}), 1)


def test_the_newest_sign_and_all_verify(tmp_path: Path) -> None:
    old = Keys.open(tmp_path)
    new = Keys.rotate(tmp_path)
    assert new.signing.kid != old.signing.kid
    assert new.receipt_key.kid != old.receipt_key.kid
    assert Tokens(new).token(minted(old)) == Tokens(old).token(minted(old))
    assert Tokens(new).token(minted(new)).kid == new.signing.kid
    with pytest.raises(BadToken):
        Tokens(old).token(minted(new))


def test_hashes_do_not_change_with_the_keys(tmp_path: Path) -> None:
    old = Keys.open(tmp_path)
    new = Keys.rotate(tmp_path, old.signing.kid)
    assert new.subject(ROOT) == old.subject(ROOT)
    assert new.nonce(CONSENT, "n") == old.nonce(CONSENT, "n")


def test_a_killed_key_proves_nothing_but_is_known(tmp_path: Path) -> None:
    old = Keys.open(tmp_path)
    tokens = Tokens(Keys.rotate(tmp_path, old.signing.kid))
    assert tokens.killed(old.signing.kid)
    assert not tokens.killed(tokens.keys.signing.kid)
    assert tokens.token(minted(old)).root == ROOT
    assert tokens.access_key(Tokens(old).mint_access_key(SITE, ROOT)).root == ROOT


def test_of_an_old_receipt_key_only_the_public_half_stays(tmp_path: Path) -> None:
    first = Keys.open(tmp_path)
    third = [Keys.rotate(tmp_path), Keys.rotate(tmp_path)][-1]
    assert third.public[0] == first.public[0]
    assert len(third.public) == 3
    stored = json.loads((tmp_path / FILE).read_text())["receipt"]
    assert ["d" in jwk for jwk in stored] == [False, False, True]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("which", ["token", "receipt", "none"])
def test_what_cannot_be_killed_changes_nothing(tmp_path: Path, which: str) -> None:
    keys = Keys.open(tmp_path)
    kid = {"token": keys.signing.kid, "receipt": keys.receipt_key.kid, "none": "nothing"}[which]
    if which == "token":
        Keys.rotate(tmp_path, kid)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(KeysError, match={"token": "already", "receipt": "receipts", "none": "keys list"}[which]):
        Keys.rotate(tmp_path, kid)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize("lost", ["d", "x", "kty", "kid"])
def test_a_receipt_key_that_cannot_sign_is_damage(tmp_path: Path, lost: str) -> None:
    """Told as such: whoever follows the keys refuses everything on a KeysError, and ends on any other error."""
    Keys.open(tmp_path)
    held = json.loads((tmp_path / FILE).read_text())
    del held["receipt"][-1][lost]
    (tmp_path / FILE).write_text(json.dumps(held))
    with pytest.raises(KeysError, match="Restore it from a backup"):
        Keys.open(tmp_path)


def test_lost_keys_are_not_replaced_by_new_ones(tmp_path: Path) -> None:
    """New ones would end every consent and every access key without a word."""
    Keys.open(tmp_path)
    kept = (tmp_path / "keys.json").read_bytes()
    (tmp_path / "keys.json").unlink()
    for _ in range(2):
        with pytest.raises(KeysError, match="Restore it from a backup"):
            Keys.open(tmp_path)
    assert not (tmp_path / "keys.json").exists()
    (tmp_path / "keys.json").write_bytes(kept)
    assert len(Keys.open(tmp_path).token_keys) == 1


def test_keys_are_read_again_only_when_the_file_changed(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path)
    assert keys.reread() is keys
    new = Keys.rotate(tmp_path)
    assert keys.reread().signing.kid == new.signing.kid


@asynccontextmanager
async def killed(data: Path) -> AsyncIterator[tuple[Running, dict[str, str], str]]:
    """A running collector, what a visitor holds, and the key behind it, killed by another process."""
    async with running(data) as live:
        held = await live.consent()
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202
        kid = live.context.tokens.keys.signing.kid
        await asyncio.to_thread(Keys.rotate, data, kid)
        async with live.context.state.write():
            pass
        yield live, held, kid


async def test_a_running_process_refuses_a_killed_key_within_a_second(tmp_path: Path) -> None:
    async with killed(tmp_path) as (live, held, kid):
        began = time.monotonic()
        while (answer := await live.post("/c/events", beacon(held["token"]))).status_code == 202:
            await asyncio.sleep(0.02)
        assert time.monotonic() - began < 1
        assert (answer.status_code, answer.json()["type"]) == (401, "bad-token")
        again = await live.consent(prior=held["access_key"])
        assert again["token"].split(".")[1] != kid
        assert again["access_key"] == held["access_key"]
        assert (await live.post("/c/events", beacon(again["token"]))).status_code == 202


async def test_a_rotation_that_was_itself_killed_half_way_is_followed(tmp_path: Path) -> None:
    """Its file is written, and the counter that tells of it has not moved."""
    async with running(tmp_path) as live:
        held = await live.consent()
        await asyncio.to_thread(Keys.rotate, tmp_path, live.context.tokens.keys.signing.kid)
        began = time.monotonic()
        while (answer := await live.post("/c/events", beacon(held["token"]))).status_code == 202:
            assert time.monotonic() - began < 5
            await asyncio.sleep(0.05)
        assert answer.status_code == 401


@pytest.mark.parametrize("holds", ["token", "access_key"])
async def test_what_a_killed_key_signed_still_withdraws(tmp_path: Path, holds: str) -> None:
    async with killed(tmp_path) as (live, held, _):
        body = {"t": held["token"]} if holds == "token" else {"access_key": held["access_key"]}
        assert len(await live.rows()) == 1
        assert (await live.post("/c/withdraw", body)).status_code == 204
        assert await live.rows() == []


async def test_old_receipts_stay_verifiable(tmp_path: Path) -> None:
    async with killed(tmp_path) as (live, held, _):
        await live.context.read_keys()
        published = (await live.client.get("/.well-known/byleave-keys.json")).json()["keys"]
    assert len(published) == 2
    assert not any("d" in jwk for jwk in published)
    header, payload, signature = held["receipt"].split(".")
    by_kid = {jwk["kid"]: _raw(jwk["x"]) for jwk in published}
    public = Ed25519PublicKey.from_public_bytes(by_kid[json.loads(_raw(header))["kid"]])
    public.verify(_raw(signature), f"{header}.{payload}".encode())


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def test_while_the_keys_cannot_be_read_events_wait(tmp_path: Path) -> None:
    """It is not known then which key was killed; what was read before goes on withdrawing."""
    async with running(tmp_path) as live:
        held = await live.consent()
        kept = await asyncio.to_thread((tmp_path / FILE).read_bytes)
        await asyncio.to_thread((tmp_path / FILE).write_bytes, b"{")
        with pytest.raises(KeysError):
            await live.context.read_keys()
        answer = await live.post("/c/events", beacon(held["token"]))
        assert (answer.status_code, answer.json()["type"]) == (503, "state-unavailable")
        ready = await Health(live.context.follower, live.context, live.owner).ready(None)  # type: ignore[arg-type]
        assert (ready.status_code, json.loads(bytes(ready.body))["checks"]["keys"]) == (503, False)
        await asyncio.to_thread((tmp_path / FILE).write_bytes, kept)
        await live.context.read_keys()
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202


async def test_a_key_of_another_process_is_looked_up_however_often_others_name_none(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        shape = held["token"].split(".")
        for _ in range(2):
            unknown = ".".join(["c1", "AAAAAAAA", *shape[2:]])
            assert (await live.post("/c/events", beacon(unknown))).status_code == 401
            new = await asyncio.to_thread(Keys.rotate, tmp_path)
            claims = live.context.tokens.token(held["token"])
            fresh = Tokens(new).mint(SITE, claims.consent, claims.root, claims.notice, claims.purposes, claims.issued)
            assert (await live.post("/c/events", beacon(fresh))).status_code == 202
