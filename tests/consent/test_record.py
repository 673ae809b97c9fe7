"""The consent log's chain, and the receipt that anyone can verify."""

import asyncio
import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from collector import asks
from collector.state.tables import ask, consent_log
from tests.wire import SITE, Running, beacon, running


async def _log(live: Running) -> list[dict[str, Any]]:
    async with live.context.state.read() as connection:
        rows = await connection.execute(select(consent_log).order_by(consent_log.c.seq))
        return [dict(row._mapping) for row in rows]


async def test_every_entry_is_chained_to_the_one_before(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        await live.consent(prior=held["access_key"], purposes=["measure"])
        await live.consent()
        await live.post("/c/withdraw", {"access_key": held["access_key"]})
        log = await _log(live)
    previous = bytes(32)
    for entry in log:
        assert entry["previous"] == previous
        assert entry["body_hash"] == hashlib.sha256(str(entry["body"]).encode()).digest()
        previous = hashlib.sha256(previous + bytes(entry["body_hash"])).digest()
        assert entry["link"] == previous
    bodies = [json.loads(str(entry["body"])) for entry in log]
    assert [body["kind"] for body in bodies] == ["given", "re-confirmed", "given", "withdrawn"]
    assert bodies[0]["subject"] == bodies[1]["subject"] == bodies[3]["subject"] != bodies[2]["subject"]
    assert bodies[0].keys() == {
        "kind",
        "subject",
        "at",
        "site",
        "notice",
        "purposes",
        "source",
        "shown",
        "locale",
        "ui",
        "expires",
    }
    assert bodies[0]["expires"] == held["expires"]


async def test_a_receipt_is_verified_with_the_published_keys_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        published = (await live.client.get("/.well-known/byleave-keys.json")).json()["keys"]
        log = await _log(live)
    header, payload, signature = held["receipt"].split(".")
    told = json.loads(_raw(header))
    key = next(key for key in published if key["kid"] == told["kid"])
    assert (key["kty"], key["crv"], "d" in key, told["alg"]) == ("OKP", "Ed25519", False, "EdDSA")
    Ed25519PublicKey.from_public_bytes(_raw(key["x"])).verify(_raw(signature), f"{header}.{payload}".encode())
    receipt = json.loads(_raw(payload))
    assert receipt["record"]["sequence"] == log[0]["seq"]
    assert receipt["record"]["head"] == bytes(log[0]["link"]).hex()
    assert [purpose["name"] for purpose in receipt["purposes"]] == ["measure", "returning"]
    assert receipt["controller"] == {"name": "Example Ltd", "contact": "privacy@example.com"}
    assert receipt["expires"] == held["expires"]


async def test_a_later_yes_is_linked_and_keeps_the_access_key(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        first = await live.consent()
        second = await live.consent(prior=first["access_key"])
        third = await live.consent(prior=second["token"])
        assert second["access_key"] == first["access_key"]
        tokens = live.context.tokens
        assert len({tokens.token(held["token"]).subject for held in (first, second, third)}) == 1
        await live.post("/c/events", beacon(first["token"]))
        await live.post("/c/events", beacon(third["token"]))
        assert len(await live.rows()) == 2
        await live.post("/c/withdraw", {"access_key": first["access_key"]})
        assert await live.rows() == []
        for held in (first, second, third):
            assert (await live.post("/c/events", beacon(held["token"]))).status_code == 410
        again = await live.consent(prior=first["access_key"])  # a yes after a withdrawal is a new beginning
        assert again["access_key"] != first["access_key"]
        assert (await live.post("/c/events", beacon(again["token"]))).status_code == 202


AD = {"k": "pageview", "p": "/?gclid=1", "r": "", "a": 0}
TRACES = "SELECT visitor IS NOT NULL, ad, source, channel FROM event ORDER BY occurred_at, nth"


async def _until(live: Running, expected: list[tuple[object, ...]]) -> None:
    deadline = time.monotonic() + 5
    while (rows := await live.rows(TRACES)) != expected:
        assert time.monotonic() < deadline, rows


async def test_fewer_purposes_take_back_what_they_covered(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        wide = await live.consent(purposes=["measure", "returning", "ads"])
        await live.post("/c/events", beacon(wide["token"], AD))
        assert await live.rows(TRACES) == [(True, "Google Ads", "Google", "Paid")]
        await live.consent(prior=wide["access_key"], purposes=["measure"])
        late = await live.post("/c/events", beacon(wide["token"], AD, i=1))
        assert late.status_code == 202  # an older tab, still open
        # Nothing of the advert is left, in source and channel neither.
        await _until(live, [(False, None, None, "Direct")] * 2)


async def test_what_was_taken_back_stays_so_whatever_follows(tmp_path: Path) -> None:
    """A purpose given again, and another taken back after it, bring nothing of the first consent back."""
    async with running(tmp_path) as live:
        first = await live.consent(purposes=["measure", "returning", "ads"])
        for purposes in (["measure"], ["measure", "returning", "ads"], ["measure", "returning"]):
            await asyncio.sleep(1.1)
            last = await live.consent(prior=first["access_key"], purposes=purposes)
        await live.post("/c/events", beacon(first["token"], AD))
        await live.post("/c/events", beacon(last["token"], AD, i=1))
        await _until(live, [(False, None, None, "Direct"), (True, None, None, "Direct")])


async def test_a_purpose_given_again_covers_what_comes_then(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        first = await live.consent()
        await live.consent(prior=first["access_key"], purposes=["measure"])
        await asyncio.sleep(1.1)
        again = await live.consent(prior=first["access_key"])
        await live.post("/c/events", beacon(again["token"], AD))
        await _until(live, [(True, None, None, "Direct")])


async def test_a_narrower_yes_that_had_to_wait_takes_back_what_came_meanwhile(tmp_path: Path) -> None:
    """It is recorded when its turn comes: the wider token was good until then."""
    async with running(tmp_path) as live:
        wide = await live.consent()
        asked = int(time.time())
        async with live.context.state.write() as held:  # another process writes, for seconds
            await held.execute(select(consent_log.c.seq))
            narrower = asyncio.create_task(live.consent(prior=wide["access_key"], purposes=["measure"]))
            await asyncio.sleep(2.2)
            assert (await live.post("/c/events", beacon(wide["token"]))).status_code == 202
            assert await live.rows("SELECT visitor IS NOT NULL FROM event") == [(True,)]
        narrow = await narrower
        log = await _log(live)
        assert log[1]["recorded_at"] >= asked + 2
        assert json.loads(str(log[1]["body"]))["expires"] == narrow["expires"]
        await _until(live, [(False, None, None, "Direct")])


async def test_asks_are_one_integer_per_site_and_hour(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        for _ in range(3):
            assert (await live.client.get(f"/c/site/{SITE}.json")).status_code == 200
        await live.client.get("/c/site/www.example.com.json")
        await asks.flush(live.context)
        await live.client.get(f"/c/site/{SITE}.json")
        await asks.flush(live.context)
        async with live.context.state.read() as connection:
            rows = (await connection.execute(select(ask))).all()
        assert [(row.site, row.hour % 3600) for row in rows] == [(SITE, 0)] * len(rows)
        assert sum(row.asks for row in rows) == 5
        assert not live.context.asks.total()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
