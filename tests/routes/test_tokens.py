"""Tokens and access keys over HTTP: only a whole, own, living one proves a yes; any one takes it back."""

import asyncio
import base64
import string
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from collector import server
from collector.app import CollectorApp
from collector.consent.keys import Keys
from collector.consent.token import Tokens
from collector.context import Context
from collector.routes.health import Health
from collector.settings import Settings
from collector.state.database import State
from tests.wire import SITE, Running, add_site, beacon, running, yes

OTHER = "b.test"  # its token's payload leaves four spare bits in base64
DAY_S = 86_400
WITHIN_S = 1.0  # what a withdrawal or a killed key may take to reach every process


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process does not know it looks up at most five times a second; here it need not wait."""
    monkeypatch.setattr("collector.context.LEARN_S", 0)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


async def refused(live: Running, token: str, origin: str = f"https://{SITE}") -> tuple[int, str]:
    """Status and problem of a batch under this token."""
    answer = await live.post("/c/events", beacon(token), origin=origin)
    return answer.status_code, answer.json()["type"]


def bits(token: str) -> Iterator[str]:
    """The token with each bit of its text flipped, then with each bit of what its text stands for."""
    for at, character in enumerate(token):
        for bit in range(8):
            yield token[:at] + chr(ord(character) ^ 1 << bit) + token[at + 1 :]
    version, kid, *parts = token.split(".")
    for part in range(2):
        raw = base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4))
        for bit in range(8 * len(raw)):
            flipped = bytearray(raw)
            flipped[bit // 8] ^= 1 << bit % 8
            text = base64.urlsafe_b64encode(bytes(flipped)).rstrip(b"=").decode()
            yield ".".join((version, kid, *(text if n == part else kept for n, kept in enumerate(parts))))


async def test_no_bit_of_a_token_may_be_another(live: Running) -> None:
    token = (await live.consent())["token"]
    tried = 0
    for other in bits(token):
        assert await refused(live, other) == (401, "bad-token"), other
        tried += 1
    assert tried > 2_000
    assert await live.rows() == []
    assert (await live.post("/c/events", beacon(token))).status_code == 202


async def test_no_part_of_a_token_may_be_missing(live: Running) -> None:
    token = (await live.consent())["token"]
    for end in range(len(token)):
        assert (await refused(live, token[:end]))[0] == 401, end
        assert (await refused(live, token[end + 1 :]))[0] == 401, end


async def test_a_token_has_one_form_alone(live: Running) -> None:
    """The same bytes written otherwise: with padding, in the other alphabet, with the spare bits of base64 set."""
    await add_site(live.context.state, OTHER, aliases=())
    await live.context.follower.refresh()
    origin = f"https://{OTHER}"
    answer = await live.post("/c/consent", yes(site=OTHER), origin=origin)
    token = answer.json()["token"]
    version, kid, payload, mac = token.split(".")
    others = [f"{token}=", f"{version}.{kid}.{payload}==.{mac}", f" {token}", f"{token} ", f"{token}\n", token + "\0"]
    others += [
        f"C1.{kid}.{payload}.{mac}",
        f"{version}.{kid}.{payload}.{mac}.",
        f"{version}.{kid}.{payload}.{mac}.{mac}",
    ]
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    for at, part in ((2, payload), (3, mac)):
        known = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for last in alphabet.replace(part[-1], ""):
            written = part[:-1] + last
            if base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)) == known:
                parts = [version, kid, payload, mac]
                parts[at] = written
                others.append(".".join(parts))
    for kept, other in (("-", "+"), ("_", "/")):
        others += [token.replace(kept, other)] if kept in token else []
    assert len(others) >= 9 + 15 + 3
    for other in others:
        assert await refused(live, other, origin) == (401, "bad-token"), other
    assert (await live.post("/c/events", beacon(token), origin=origin)).status_code == 202


async def test_keys_of_another_installation_prove_nothing(live: Running, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "other").mkdir)
    foreign = Tokens(await asyncio.to_thread(Keys.open, tmp_path / "other"))
    notice = live.context.follower.current[SITE].id
    token = foreign.mint(SITE, b"c" * 16, b"c" * 16, notice, frozenset({"measure"}), int(time.time()))
    access_key = foreign.mint_access_key(SITE, b"c" * 16)
    kid = live.context.tokens.keys.signing.kid
    for text in (token, token.replace(foreign.keys.signing.kid, kid)):
        assert await refused(live, text) == (401, "bad-token")
        assert (await live.post("/c/withdraw", {"t": text})).status_code == 401
    for text in (access_key, access_key.replace(foreign.keys.signing.kid, kid)):
        assert (await live.post("/c/withdraw", {"access_key": text})).status_code == 401


def minted(live: Running, age_s: int, site: str = SITE) -> str:
    """A token as it was given so long ago."""
    tokens, notice = live.context.tokens, live.context.follower.current[site]
    consent = b"%16d" % age_s
    return tokens.mint(site, consent, consent, notice.id, frozenset({"measure"}), int(time.time()) - age_s)


@pytest.mark.parametrize(
    ("age_s", "told"),
    [
        (179 * DAY_S, (202, "")),
        (180 * DAY_S - 5, (202, "")),
        (180 * DAY_S, (401, "token-expired")),
        (400 * DAY_S, (401, "token-expired")),
        (-290, (202, "")),
        (-400, (503, "clock-wrong")),
        (-10 * 365 * DAY_S, (503, "clock-wrong")),
    ],
)
async def test_a_token_has_its_time(live: Running, age_s: int, told: tuple[int, str]) -> None:
    answer = await live.post("/c/events", beacon(minted(live, age_s)))
    assert (answer.status_code, answer.json().get("type", "")) == told
    assert len(await live.rows()) == (told[0] == 202)


# ── Saying yes again


async def linked(live: Running, prior: Any) -> tuple[bytes, str]:
    """A yes with this prior: its subject, and the kind of its record."""
    held = await live.consent(prior=prior)
    async with live.context.state.read() as connection:
        last = "SELECT body FROM consent_log ORDER BY seq DESC LIMIT 1"
        body = msgspec.json.decode((await connection.exec_driver_sql(last)).scalar_one())
    return live.context.tokens.token(held["token"]).subject, body["kind"]


async def test_a_yes_is_linked_to_a_prior_of_ours_by_token_or_access_key(live: Running) -> None:
    held = await live.consent()
    subject = live.context.tokens.token(held["token"]).subject
    for prior in (held["token"], held["access_key"]):
        assert await linked(live, prior) == (subject, "re-confirmed")
    expired = minted(live, 300 * DAY_S)
    assert await linked(live, expired) == (live.context.tokens.token(expired).subject, "re-confirmed")


async def test_a_prior_that_proves_nothing_begins_anew(live: Running, tmp_path: Path) -> None:
    await add_site(live.context.state, OTHER, aliases=())
    await live.context.follower.refresh()
    foreign = (await live.post("/c/consent", yes(site=OTHER), origin=f"https://{OTHER}")).json()
    gone = await live.consent()
    assert (await live.post("/c/withdraw", {"t": gone["token"]})).status_code == 204
    await asyncio.to_thread((tmp_path / "other").mkdir)
    elsewhere = Tokens(await asyncio.to_thread(Keys.open, tmp_path / "other"))
    forged = gone["token"][:-2] + ("AA" if gone["token"][-2:] != "AA" else "BB")
    seen = {live.context.tokens.token(gone["token"]).subject, live.context.tokens.token(foreign["token"]).subject}
    for prior in (
        foreign["token"], foreign["access_key"], gone["token"], gone["access_key"], forged, "", "c1", "k1.", "c1.é.é.é",
        "k1.x.y.z", elsewhere.mint_access_key(SITE, b"r" * 16), gone["token"].replace("c1.", "k1."),
    ):  # fmt: skip
        subject, kind = await linked(live, prior)
        assert kind == "given", prior
        assert subject not in seen, prior
        seen.add(subject)


# ── Taking it back


async def until(live: Running, token: str, status: int) -> float:
    """Send batches until one is answered so; how long that took, in seconds."""
    began = time.monotonic()
    while (await live.post("/c/events", beacon(token))).status_code != status:
        assert time.monotonic() - began < 5, f"not {status} within 5 s"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


SENT: list[tuple[str, dict[str, str]]] = [
    ("plainly", {}),
    ("under GPC", {"sec_gpc": "1"}),
    ("under DNT", {"dnt": "1"}),
    ("under both, without an origin", {"sec_gpc": "1", "dnt": "1", "origin": ""}),
    ("from the collector's own page", {"origin": "http://hello.test"}),
    ("from anywhere", {"origin": "https://evil.test"}),
    ("by a program", {"user_agent": "curl/8.5.0"}),
]


@pytest.mark.parametrize("headers", [headers for _, headers in SENT], ids=[name for name, _ in SENT])
async def test_whoever_holds_any_proof_may_withdraw(live: Running, headers: dict[str, str]) -> None:
    held = [await live.consent() for _ in range(2)]
    expired = minted(live, 300 * DAY_S)
    proofs = [{"t": held[0]["token"]}, {"access_key": held[1]["access_key"]}, {"t": expired}]
    for proof in proofs:
        assert (await live.post("/c/withdraw", proof, **headers)).status_code == 204
    for one in held:
        assert await refused(live, one["token"]) == (410, "consent-withdrawn")
    assert live.context.tokens.token(expired).subject in live.context.follower.tombstones()


async def test_a_withdrawal_reaches_a_batch_that_has_passed_the_gate(
    live: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await live.consent())["token"]
    passed, go = asyncio.Event(), asyncio.Event()
    append = live.context.spool.append

    async def late(batch: Any) -> None:
        passed.set()
        await go.wait()
        await append(batch)

    monkeypatch.setattr(live.context.spool, "append", late)
    sending = asyncio.create_task(live.post("/c/events", beacon(token)))
    await passed.wait()
    assert (await live.post("/c/withdraw", {"t": token})).status_code == 204
    assert await live.rows() == []
    go.set()
    assert (await sending).status_code in (202, 410)
    assert await live.rows() == []
    assert live.owner.loader.counts.erased == 1
    assert live.owner.loader.counts.rows == 0


async def test_a_withdrawal_reaches_a_batch_that_waits_in_the_spool(
    live: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await live.consent()
    going, step = asyncio.Event(), live.owner.loader.step

    async def wait(erasures: Any) -> bool:
        await going.wait()
        return await step(erasures)

    monkeypatch.setattr(live.owner.loader, "step", wait)
    for _ in range(3):
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202
    assert (await live.post("/c/withdraw", {"access_key": held["access_key"]})).status_code == 204
    going.set()
    assert await live.rows() == []
    assert live.owner.loader.counts.erased + live.owner.loader.counts.rows <= 3
    assert live.owner.loader.counts.erased >= 2


async def test_a_withdrawal_holds_in_another_process_within_a_second_and_after_a_restart(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path))
    async with running(tmp_path) as live:
        token = (await live.consent())["token"]
        async with second(settings) as other:
            assert (await other.post("/c/events", beacon(token))).status_code == 202
            assert (await live.post("/c/withdraw", {"t": token})).status_code == 204
            assert await until(other, token, 410) < WITHIN_S
        assert await live.rows() == []
    async with running(tmp_path) as live:
        assert await refused(live, token) == (410, "consent-withdrawn")
        assert await live.rows() == []


class Second(Running):
    """Another collector on the same folder, without a store."""

    def __init__(self, context: Context, client: httpx2.AsyncClient) -> None:
        self.context = context
        self.client = client


@asynccontextmanager
async def second(settings: Settings) -> AsyncIterator[Second]:
    """Another process of the same installation, as far as one event loop can hold two."""
    state = await asyncio.to_thread(State.open, settings.data_path)
    async with server.following(state) as follower, server.collecting(settings, state, follower) as context:
        app = CollectorApp(context, Health(follower, context))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hello.test") as client:
            yield Second(context, client)
    await state.close()
