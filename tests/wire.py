"""A browser's side of the wire, and a collector with its store running in this event loop, for tests."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from collector import server
from collector.app import CollectorApp
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.context import Context
from collector.owner import Owner
from collector.routes.health import Health
from collector.settings import Settings
from collector.state import sites
from collector.state.database import State

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
)
ORIGIN = "https://example.com"
SITE = "example.com"
UI = "ab" * 32
DRAFT = Draft(controller="Example Ltd", contact="privacy@example.com", purposes=("measure", "returning", "ads"))


def random16() -> str:
    """16 random bytes as the wire writes them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def yes(**changes: Any) -> dict[str, Any]:
    """The body of a yes."""
    body = {"site": SITE, "purposes": ["measure", "returning"], "source": "banner", "shown": "byleave"}
    return {**body, "locale": "en", "ui": UI, "prior": None, **changes}


def beacon(token: str, *events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a batch; one pageview when no event is given."""
    found = list(events) or [{"k": "pageview", "p": "/", "r": "", "a": 0}]
    return {"t": token, "v": random16(), "n": random16(), "i": 0, "e": found, **changes}


class Running:
    """A collector and an owner of the store on one data directory."""

    def __init__(self, context: Context, owner: Owner, client: httpx2.AsyncClient) -> None:
        self.context = context
        self.owner = owner
        self.client = client

    async def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """POST as a browser would; `headers` with `_` for `-`."""
        sent = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.client.post(path, content=content, headers={k: v for k, v in sent.items() if v})

    async def consent(self, **changes: Any) -> dict[str, Any]:
        """Say yes; the answer's body."""
        answer = await self.post("/c/consent", yes(**changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def rows(self, sql: str = "SELECT * FROM event") -> list[tuple[Any, ...]]:
        """Rows of the store, once everything acknowledged so far is in it."""
        asked = time.time()
        self.owner.wake()
        deadline = time.monotonic() + 10
        while self.owner.store.complete_to.timestamp() < asked:
            assert time.monotonic() < deadline, "the loader did not catch up within 10 s"
            await asyncio.sleep(0.02)
        async with self.owner.store.snapshot() as snapshot:
            return await snapshot.fetch(sql)


@asynccontextmanager
async def running(
    data: Path, *, draft: Draft = DRAFT, peer: str = "127.0.0.1", **settings: Any
) -> AsyncIterator[Running]:
    """A collector with one site, over real files; HTTP without sockets."""
    chosen = Settings(data=str(data), **settings)
    state = await asyncio.to_thread(State.open, data)
    await add_site(state, draft=draft)
    async with (
        server.following(state) as follower,
        server.owning(chosen, follower) as owner,
        server.collecting(chosen, state, follower) as context,
    ):
        context.spool.on_commit = owner.wake
        app = CollectorApp(context, Health(follower, context, owner))
        transport = httpx2.ASGITransport(app=app, client=(peer, 50_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://hello.test") as client:
            yield Running(context, owner, client)
    await state.close()


async def add_site(
    state: State, name: str = SITE, draft: Draft = DRAFT, aliases: tuple[str, ...] = ("*.example.com",)
) -> None:
    """Add a site with a published notice, unless it is there."""
    now = int(time.time())
    async with state.write() as connection:
        if any(site.name == name for site in await sites.every(connection)):
            return
        await sites.add(connection, sites.checked(name, aliases, "Europe/Berlin"), now)
        await publish(connection, name, draft, iso(now), now)
