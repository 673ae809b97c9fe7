"""What the collector cannot check, it refuses: an error in any check, or a state it cannot read, stores nothing."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from collector import gate
from collector.app import BACKEND_EVENTS, CollectorApp
from collector.gate import Arrival, Step
from collector.routes import consent, events
from collector.routes.health import Health
from collector.routes.post import Act, Post
from collector.state.database import FILE
from collector.state.tokens import create_token
from tests.wire import SITE, Running, beacon, running, yes


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: RuntimeError("a fault"),
    lambda: KeyError("missing"),
    lambda: MemoryError(),
    lambda: OSError(28, "No space left on device"),
    lambda: OperationalError("SELECT", {}, Exception("database is locked")),
)
ROUTES: dict[str, tuple[tuple[Step, ...], Act]] = {
    "/c/events": (gate.EVENTS, events.store),
    "/c/consent": (gate.CONSENT, consent.give),
    BACKEND_EVENTS: (gate.BACKEND, events.store_of_backend),
}


def broken(error: Exception) -> Step:
    """A check that cannot be made."""

    def check(_arrival: Arrival) -> None:
        raise error

    return check


async def records(live: Running) -> int:
    """How many records the consent log holds."""
    async with live.context.state.read() as connection:
        return int((await connection.exec_driver_sql("SELECT count(*) FROM consent_log")).scalar_one())


async def sent(live: Running, path: str, steps: tuple[Step, ...], act: Act, body: Any, api: str) -> httpx2.Response:
    """The answer of a route with these steps."""
    app = CollectorApp(live.context, Health(live.context.follower, live.context))
    app._posts[path] = Post(live.context, steps, act)
    kept = live.client
    live.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hello.test")
    try:
        return await live.post(path, body, authorization=f"Bearer {api}")
    finally:
        await live.client.aclose()
        live.client = kept


@pytest.mark.parametrize("path", ROUTES)
async def test_an_error_in_any_check_refuses(live: Running, path: str) -> None:
    token = (await live.consent())["token"]
    async with live.context.state.write() as connection:
        api = await create_token(connection, SITE, "", int(time.time()), "events")
    steps, act = ROUTES[path]
    body = yes() if path == "/c/consent" else beacon(token)
    before = await records(live)
    for at, step in enumerate(steps):
        for error in ERRORS:
            answer = await sent(live, path, (*steps[:at], broken(error()), *steps[at + 1 :]), act, body, api)
            told = answer.status_code, answer.json()["type"]
            assert told == (503, "storage-unavailable"), step.__name__
            assert int(answer.headers["retry-after"]) >= 1
    assert await live.rows() == []
    assert await records(live) == before
    whole = await sent(live, path, steps, act, body, api)
    assert whole.status_code in (201, 202), "the same without the error is stored"


ASKED = (
    ("tokens", "token"),
    ("tokens", "killed"),
    ("follower", "tombstones"),
    ("follower", "acceptable"),
    ("limits.token", "wait"),
    ("limits.address", "wait"),
    ("limits.site", "wait"),
    ("senders", "find"),
)


async def test_an_error_in_what_a_check_asks_refuses(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await live.consent())["token"]

    def fail(*_: Any) -> Any:
        raise RuntimeError("a fault")

    for owner, name in ASKED:
        asked: Any = live.context
        for part in owner.split("."):
            asked = getattr(asked, part)
        with monkeypatch.context() as patched:
            patched.setattr(asked, name, fail)
            assert (await live.post("/c/events", beacon(token))).status_code == 503, name
    assert await live.rows() == []
    assert (await live.post("/c/events", beacon(token))).status_code == 202


# ── The state database


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.rollback()
        database.close()


@contextmanager
def _moved(file: Path, put: bytes | None) -> Iterator[None]:
    """Nothing where the file was, or another one."""
    aside = file.with_name("aside")
    file.rename(aside)
    if put is not None:
        file.write_bytes(put)
    try:
        yield
    finally:
        aside.replace(file)


@contextmanager
def _overwritten(file: Path, content: bytes) -> Iterator[None]:
    """The same file with other bytes in it."""
    whole = file.read_bytes()
    with file.open("r+b") as open_file:
        open_file.write(content)
        open_file.truncate(len(content))
    try:
        yield
    finally:
        with file.open("r+b") as open_file:
            open_file.write(whole)


PASSING: dict[str, Callable[[Path], Any]] = {
    "locked": _locked,
    "emptied": lambda file: _overwritten(file, b""),
    "overwritten": lambda file: _overwritten(file, b"no database" * 10_000),
}
LASTING: dict[str, Callable[[Path], Any]] = {
    "removed": lambda file: _moved(file, None),
    "replaced by an empty file": lambda file: _moved(file, b""),
    "replaced by an older copy": lambda file: _moved(file, file.read_bytes()),
}
TROUBLES = {**PASSING, **LASTING}


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_state_that_cannot_be_followed_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("collector.state.follow.STALE_S", 0.4)
    async with running(tmp_path) as live:
        held = await live.consent()
        before = await records(live)
        await refusing(live, tmp_path / FILE, TROUBLES[name], held["token"])
        if name in PASSING:
            began = time.monotonic()
            while not live.context.follower.fresh:
                assert time.monotonic() - began < 5, "it follows again when the trouble is over"
                await asyncio.sleep(0.02)
        else:
            await asyncio.sleep(0.3)
            assert not live.context.follower.fresh, "which file its connections are to, nobody knows any more"
    async with running(tmp_path) as live:
        assert await live.rows() == []
        assert await records(live) == before
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202
        assert (await live.post("/c/withdraw", {"t": held["token"]})).status_code == 204


async def refusing(live: Running, file: Path, trouble: Callable[[Path], Any], token: str) -> None:
    """While the trouble lasts, nothing is accepted, and the process says so."""
    around = await asyncio.to_thread(trouble, file)
    await asyncio.to_thread(around.__enter__)
    try:
        await asyncio.sleep(0.7)
        for path, body in (("/c/events", beacon(token)), ("/c/consent", yes())):
            answer = await live.post(path, body)
            assert (answer.status_code, answer.json()["type"]) == (503, "state-unavailable"), path
        ready = await live.client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["state"]) == (503, False)
    finally:
        await asyncio.to_thread(around.__exit__, None, None, None)


async def test_a_withdrawal_that_cannot_be_kept_is_never_answered_with_success(
    live: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await live.consent())["token"]
    monkeypatch.setattr("collector.state.follow.STALE_S", 60)  # the process does not know yet
    around = _moved(tmp_path / FILE, None)
    await asyncio.to_thread(around.__enter__)
    try:
        answer = await live.post("/c/withdraw", {"t": token})
        assert (answer.status_code, answer.json()["type"]) == (503, "storage-unavailable")
    finally:
        await asyncio.to_thread(around.__exit__, None, None, None)
    assert live.context.follower.tombstones() == set()
