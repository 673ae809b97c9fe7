"""One process of Byleave: what it opens, in which order, and how it stops.

`serve` does everything; `collect` only collects; `dashboard` owns the store, loads it and shows it.
"""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette

from collector import asks, key_changes, sightings
from collector.app import CollectorApp, health_routes
from collector.consent.erasure_log import ErasureLog
from collector.consent.keys import Keys
from collector.consent.token import Tokens
from collector.context import Context
from collector.enrich.place import Places, find_database
from collector.http import Protocol
from collector.owner import Owner
from collector.retention import Clock, Retention, utc_now
from collector.rights import Rights
from collector.routes.health import Health
from collector.settings import Settings
from collector.spool import Spool
from collector.state.database import State
from collector.state.follow import Follower
from collector.statics import Statics

BACKLOG = 2048
GARBAGE = 20_000  # new objects between two looks for garbage: more than a thousand requests under way hold
STOP_S = 10  # how long requests under way may take when the process is asked to stop

Say = Callable[[str], None]


class PortTaken(Exception):
    """The address cannot be listened on; the message says what to do."""


def listen(settings: Settings) -> socket.socket:
    """A listening socket, bound before anything is opened, so that a taken port changes nothing. Raises PortTaken."""
    sock = bound(settings)
    sock.listen(BACKLOG)
    return sock


def reserve(settings: Settings) -> socket.socket:
    """The port for processes that each bind it, too: bound and never listened on, so it stays ours while they restart.

    Raises PortTaken.
    """
    listen(settings).close()  # who shares a port is not told that somebody else listens there
    return bound(settings, shared=True)


def bound(settings: Settings, *, shared: bool = False) -> socket.socket:
    """A socket on the address, which other sockets may share: the kernel then spreads connections among those that
    listen (`man 7 socket`, SO_REUSEPORT). Raises PortTaken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise PortTaken(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Stop what uses it, or choose another "
            "with --port."
        ) from None
    return sock


def address_of(settings: Settings, sock: socket.socket) -> str:
    """The address to open in a browser."""
    if settings.base_url:
        return settings.base_url.rstrip("/")
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else settings.host  # noqa: S104
    return f"http://{host}:{sock.getsockname()[1]}"


async def serve(settings: Settings, state: State, sock: socket.socket, say: Say) -> None:
    """Collector, store and dashboard in one process, until stopped."""
    from dashboard.app import create_app  # here, so that a collector alone does not carry the dashboard in memory

    async with AsyncExitStack() as stack:
        follower = await stack.enter_async_context(following(state))
        owner = await stack.enter_async_context(owning(settings, follower))
        context = await stack.enter_async_context(collecting(settings, state, follower))
        context.spool.on_commit = owner.wake
        health = Health(follower, context, owner)
        collector = CollectorApp(context, health)
        pages = create_app(settings, state, follower, owner.store)

        def app(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
            return (collector if collector.owns(scope["path"]) else pages)(scope, receive, send)

        await _invite(settings, state, sock, say)
        await _run(app, sock)


async def collect(settings: Settings, state: State, sock: socket.socket, stop: asyncio.Event | None = None) -> None:
    """A collector alone, until stopped."""
    async with AsyncExitStack() as stack:
        follower = await stack.enter_async_context(following(state))
        context = await stack.enter_async_context(collecting(settings, state, follower))
        app = CollectorApp(context, Health(follower, context))
        await _run(app, sock, stop)


async def dashboard(settings: Settings, state: State, sock: socket.socket, say: Say) -> None:
    """Store, loader and dashboard, until stopped."""
    from dashboard.app import create_app

    async with AsyncExitStack() as stack:
        follower = await stack.enter_async_context(following(state))
        owner = await stack.enter_async_context(owning(settings, follower))
        pages = create_app(settings, state, follower, owner.store)
        health = Health(follower, owner=owner)
        router = Starlette(routes=health_routes(health))
        await _invite(settings, state, sock, say)

        def app(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
            return (router if scope["path"] in ("/healthz", "/readyz", "/metrics") else pages)(scope, receive, send)

        await _run(app, sock)


@asynccontextmanager
async def following(state: State) -> AsyncIterator[Follower]:
    follower = Follower(state)
    await follower.start()
    try:
        yield follower
    finally:
        await follower.stop()


@asynccontextmanager
async def owning(settings: Settings, follower: Follower, clock: Clock = utc_now) -> AsyncIterator[Owner]:
    owner = await Owner.start(settings, follower, Retention(follower.state, follower, clock))
    follower.on_change.append(owner.wake)
    rights = Rights(owner, follower, settings.data_path)
    rights.start()
    sightings.offer(owner.control, sightings.Sightings())
    try:
        yield owner
    finally:
        await rights.stop()
        follower.on_change.remove(owner.wake)
        await owner.stop()


@asynccontextmanager
async def collecting(settings: Settings, state: State, follower: Follower) -> AsyncIterator[Context]:
    data = settings.data_path
    keys = await asyncio.to_thread(Keys.open, data)
    statics = await asyncio.to_thread(Statics.open, data)
    places = await asyncio.to_thread(Places, lambda: find_database(settings.geo, data), data / "tmp" / "geo")
    spool = await Spool.open(data / "spool")
    erasures = ErasureLog(data)
    context = Context(settings, state, follower, Tokens(keys), spool, places, statics, erasures)
    with suppress(OSError):  # a full disk must not keep a collector from starting; the next withdrawal tries again
        await erasures.catch_up(state)
    tasks = [
        asyncio.create_task(asks.flush_for_ever(context), name="count asks"),
        asyncio.create_task(context.uses.flush_for_ever(state), name="note uses of API tokens"),
        asyncio.create_task(places.follow(), name="follow the city database"),
        asyncio.create_task(key_changes.follow(context), name="follow the keys"),
        asyncio.create_task(sightings.tell_for_ever(context.sightings, data), name="tell what was seen"),
    ]
    try:
        yield context
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await spool.close()


async def _invite(settings: Settings, state: State, sock: socket.socket, say: Say) -> None:
    from dashboard.auth_invitation import owner_invitation

    secret = await owner_invitation(state)
    address = address_of(settings, sock)
    say(f"Byleave is ready on {address}")
    if secret:
        say(
            f"Nobody owns it yet. Open this link once, within a day, to become its owner:\n  {address}/welcome/{secret}"
        )


async def _run(app: Any, sock: socket.socket, stop: asyncio.Event | None = None) -> None:
    config = uvicorn.Config(
        app,
        interface="asgi3",
        http=Protocol,
        ws="none",
        lifespan="off",
        access_log=False,  # an access log would be a list of addresses
        log_config=None,
        proxy_headers=False,  # our own address.py reads X-Forwarded-For from the right
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
    )
    server = _Server(config)
    gc.collect()
    gc.freeze()  # what was loaded stays: to look through it again would stop every request for 15 ms
    gc.set_threshold(GARBAGE)
    if stop is not None:
        stopping = asyncio.create_task(_stop_with(stop, server))
    await server.serve(sockets=[sock])
    if stop is not None:
        stopping.cancel()


class _Server(uvicorn.Server):
    """Stops on SIGTERM and SIGINT without raising them again, so that spool and store are closed after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield  # the handlers stay: a second signal must not cut short the closing of the spool

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; looks for slow senders once a second."""
        if counter % 10 == 0:
            for connection in list(self.server_state.connections):
                cast(Protocol, connection).tick()
        return await super().on_tick(counter)


async def _stop_with(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True
