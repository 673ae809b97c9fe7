"""A server whose every text is an attack: sent as the tag sends it, and planted as a hole in the gate would let it."""

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn
from sqlalchemy import update

from collector import server
from collector.app import CollectorApp
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.http import Protocol
from collector.owner import Owner
from collector.routes.health import Health
from collector.settings import Settings
from collector.state import sites, tables
from collector.state.accounts import create_account
from collector.state.annotations import keep_annotation
from collector.state.audit import note
from collector.state.database import State
from collector.state.funnels import keep_funnel
from collector.state.goals import keep_goal
from collector.state.segments import keep_segment
from collector.state.shares import create_share
from collector.state.site import Site
from collector.state.tokens import create_token
from collector.store.writer import Queued
from dashboard.app import create_app
from dashboard.pages.filters import Filter
from tests.processes import free_port
from tests.rows import batch, line
from tests.wire import CHROME, beacon, yes

PASSWORD = "a long enough password"
SITE = "localhost"
# The ways out of a text, of an attribute in either quote or in none, of a title, a script, a style, a CDATA section and
# a comment; handlers that need a click, a pointer or nothing; what leads elsewhere by itself.
POLYGLOT = (
    "/#fell({n})</title></textarea></style></script>--!>]]><script>fell({n})</script><img src=x onerror=fell({n})>"
    "'\"` onmouseover='fell({n})' onfocus=\"fell({n})\" autofocus style=color:red x='<svg/onload=fell({n})>"
    "<style>*{{color:red!important}}</style><base href=//evil.example>"
    "<meta http-equiv=refresh content='0;//evil.example'><a href=javascript:fell({n})>x</a>"
    "<iframe srcdoc='<script>parent.fell({n})</script>'></iframe>{{{{7*7}}}}${{fell({n})}}"
)
SHORT = "'\"><img src=x onerror=fell({n})>"  # where 64 characters are the most
MIDDLE = "\"'><script>fell({n})</script><img src=x onerror=fell({n})></title><svg/onload=fell({n})>"  # 200 at most
BARE = "\"'><svg/onload=fell({n})>"  # where there may be no space
QUOTED = "' onmouseover='fell({n})' onfocus='fell({n})' autofocus='"
SCHEME = "javascript:fell({n})//"
FORMULA = "=HYPERLINK(fell({n}))"

# Of a stored row: the name of the case, the column, the text.
STORED = (
    ("a path (CVE-2024-47050)", "path", POLYGLOT),
    ("a path in a single-quoted href", "path", "/" + QUOTED),
    ("a path with a scheme", "path", SCHEME),
    ("a path that is a formula", "path", FORMULA),
    ("a host", "host", POLYGLOT),
    ("a referrer (CVE-2015-9273)", "source", POLYGLOT),
    ("a referrer with a scheme (CVE-2015-9273)", "source", SCHEME),
    ("a channel", "channel", POLYGLOT),
    ("utm_source (CVE-2024-2194)", "utm_source", POLYGLOT),
    ("utm_medium (CVE-2024-2194)", "utm_medium", POLYGLOT),
    ("utm_campaign (CVE-2024-2194)", "utm_campaign", POLYGLOT),
    ("utm_content (CVE-2024-2194)", "utm_content", POLYGLOT),
    ("utm_term (CVE-2024-2194)", "utm_term", POLYGLOT),
    ("an ad network", "ad", POLYGLOT),
    ("a country, a label of the map", "country", POLYGLOT),
    ("a city (CVE-2022-25305)", "city", POLYGLOT),
    ("a browser (CVE-2022-25306, CVE-2025-9816)", "browser", POLYGLOT),
    ("a platform (CVE-2022-25307)", "os", POLYGLOT),
    ("a device", "device", POLYGLOT),
    ("a link", "link", POLYGLOT),
    ("an outbound link with a scheme", "outbound", SCHEME),
    ("an outbound link", "outbound", POLYGLOT),
    ("a download", "download", POLYGLOT),
    ("a button", "button", POLYGLOT),
    ("a form", "form", POLYGLOT),
    ("an event", "event", POLYGLOT),
    ("a property's name", "key", POLYGLOT),
    ("a property's value", "prop", POLYGLOT),
)
# What owners write.
WRITTEN = (
    ("a site's name, the page's title", "site", "'\"><img src=x onerror=fell({n})>.example"),
    ("a site's title", "title", SHORT),
    ("an account's address", "account", BARE + "@evil.example"),
    ("an invited address", "invited", BARE + "@evil.example"),
    ("a note, a chart's label", "note", "</text></svg>" + SHORT),
    ("a segment", "segment", SHORT),
    ("a share link", "share", SHORT),
    ("a goal", "goal", SHORT),
    ("a funnel", "funnel", SHORT),
    ("a step of a goal", "step", "/" + POLYGLOT),
    ("a segment's filter", "filter", POLYGLOT),
    ("a token", "token", SHORT),
    ("a pattern of pages", "pattern", "/*" + SHORT + "*"),
    ("a controller", "controller", MIDDLE),
    ("a contact", "contact", SCHEME + BARE),
    ("an entry of the audit log", "audit", POLYGLOT),
    ("a signed-in browser", "device signed in", POLYGLOT),
)
# What a visitor's browser sends.
SENT = (
    ("a sent path", "p", POLYGLOT),
    ("a sent path, encoded", "p encoded", "/%3Cimg%20src%3Dx%20onerror%3Dfell({n})%3E"),
    ("a sent query", "p query", "/?utm_term=%3Cimg%20src=x%20onerror=fell({n})%3E&s=<script>"),
    ("a sent referrer", "r", "javascript://%0afell({n})"),
    ("a sent referring host", "r host", "https://<img src=x onerror=fell({n})>/"),
    ("a sent event", "x", SHORT),
    ("a sent property's name", "m key", SHORT),
    ("a sent property's value", "m value", POLYGLOT),
    ("a sent outbound link", "y outbound", SCHEME),
    ("a sent link", "y link", "/'onclick='fell({n})"),
    ("a sent button", "y button", SHORT),
    ("a user agent (CVE-2025-9816)", "agent", "Mozilla/5.0 (<img src=x onerror=fell({n})>) <script>fell({n})</script>"),
    ("a forwarded address (CVE-2022-25305)", "forwarded", "<script>fell({n})</script>"),
)  # fmt: skip
CASES = {name: number for number, (name, _, _) in enumerate((*STORED, *WRITTEN, *SENT), 100)}
SURVIVES = [name for name, _, _ in (*STORED, *WRITTEN)]
"""What is shown as it was written. Of what is sent, stripping leaves what it leaves."""


def text(table: tuple[tuple[str, str, str], ...], where: str) -> list[str]:
    """The attacks on one place, each with the number of its case."""
    return [attack.format(n=CASES[name]) for name, place, attack in table if place == where]


OWNER, HOSTILE = text(WRITTEN, "account")[0], text(WRITTEN, "site")[0]


@dataclass
class Stage:
    """The running server: where it is, and what leads to a visitor's own page."""

    url: str
    key: str = ""
    token: str = ""
    share: str = ""
    state: State | None = None
    loop: asyncio.AbstractEventLoop | None = None

    def sends(self, *events: dict[str, Any], agent: str = CHROME, forwarded: str = "") -> int:
        """Events of the one visitor as the tag sends them; how many were stored."""
        answer = self._post("/c/events", beacon(self.token, *events), agent, forwarded)
        return int(answer["stored"])

    def says_yes(self) -> None:
        """The visitor's consent."""
        told = self._post("/c/consent", yes(site=SITE), CHROME)
        self.key, self.token = told["access_key"], told["token"]

    def remember_device(self) -> None:
        """Let the list of sign-ins hold what it would if a user agent came through whole."""
        assert self.state and self.loop
        asyncio.run_coroutine_threadsafe(_remember(self.state), self.loop).result(10)

    def _post(self, path: str, body: Any, agent: str, forwarded: str = "") -> Any:
        headers = {"origin": "http://localhost:9999", "content-type": "text/plain", "user-agent": agent}
        if forwarded:
            headers["x-forwarded-for"] = forwarded
        with urlopen(Request(self.url + path, json.dumps(body).encode(), headers), timeout=10) as answer:
            return json.loads(answer.read() or b"{}")


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """The server in a thread of its own, with all that owners wrote and visitors did."""
    port = free_port()
    found = Stage(f"http://localhost:{port}")
    up, down = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, port, found, up, down)))
    thread.start()
    try:
        until = time.monotonic() + 60
        while not up.wait(0.05):
            assert thread.is_alive() and time.monotonic() < until, "the server did not start"
        yield found
    finally:
        down.set()
        thread.join(30)


async def _serve(folder: Path, port: int, found: Stage, up: threading.Event, down: threading.Event) -> None:
    settings = Settings(data=str(folder), port=port, base_url=found.url, rate_limit="off", trusted_proxies="private")
    state = await asyncio.to_thread(State.open, folder)
    found.state, found.loop = state, asyncio.get_running_loop()
    found.share = await _write(state)
    async with (
        server.following(state) as follower,
        server.owning(settings, follower) as owner,
        server.collecting(settings, state, follower) as context,
    ):
        context.spool.on_commit = owner.wake
        collector = CollectorApp(context, Health(follower, context, owner))
        pages = await asyncio.to_thread(create_app, settings, state, follower, owner.store)

        def app(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
            return (collector if collector.owns(scope["path"]) else pages)(scope, receive, send)

        listening = uvicorn.Server(
            uvicorn.Config(
                app,
                port=port,
                log_level="critical",
                lifespan="off",
                interface="asgi3",
                proxy_headers=False,
                http=Protocol,
            )
        )
        serving = asyncio.create_task(listening.serve())
        while not listening.started:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(_visit, found)
        await _plant(owner)
        up.set()
        await asyncio.to_thread(down.wait)
        listening.should_exit = True
        await serving
    await state.close()


async def _write(state: State) -> str:
    """What owners wrote, some of it as no form would take it; the secret of a share link."""
    now = int(time.time())
    draft = Draft(controller="Example Bakery Ltd", contact="privacy@bakery.example", k=1)
    hostile = Draft(controller=text(WRITTEN, "controller")[0], contact=text(WRITTEN, "contact")[0], k=1)
    async with state.write() as connection:
        for name in (SITE, HOSTILE):
            title = text(WRITTEN, "title")[0] if name == SITE else ""  # of the other the name itself is read
            site = Site(name=name, timezone="UTC", patterns=tuple(text(WRITTEN, "pattern")), title=title)
            await sites.add(connection, site, now - 40 * 86_400)
            await publish(connection, name, draft, iso(now - 100), now - 100)
            await publish(connection, name, hostile, iso(now - 50), now - 50)
            await create_token(connection, name, text(WRITTEN, "token")[0], now)
            await keep_annotation(connection, name, datetime.now(UTC).date(), text(WRITTEN, "note")[0], None)
            step = {"page": text(WRITTEN, "step")[0][:500]}
            await keep_goal(connection, name, text(WRITTEN, "goal")[0], step, False)
            await keep_funnel(connection, name, text(WRITTEN, "funnel")[0], "loose", [{"page": "*"}, step])
            kept = Filter("is_not", "page", tuple(text(WRITTEN, "filter"))).encoded()
            await keep_segment(connection, name, text(WRITTEN, "segment")[0], [kept])
        _, share = await create_share(connection, SITE, text(WRITTEN, "share")[0], now)
        await create_account(connection, OWNER, PASSWORD, "owner", now)
        await create_account(connection, text(WRITTEN, "invited")[0], PASSWORD, "viewer", now, [SITE])
        await note(connection, now, OWNER, "site changed", HOSTILE, timezone=text(WRITTEN, "audit")[0])
    return share


def _visit(found: Stage) -> None:
    """A visitor whose browser sends nothing but attacks."""
    found.says_yes()
    views = [
        {"k": "pageview", "p": p, "r": "", "a": 0} for where in ("p", "p encoded", "p query") for p in text(SENT, where)
    ]
    views += [{"k": "pageview", "p": "/", "r": r, "a": 0} for where in ("r", "r host") for r in text(SENT, where)]
    clicks = [
        {"k": "click", "p": "/", "x": x, "y": kind, "a": 0}
        for kind in ("outbound", "link", "button")
        for x in text(SENT, f"y {kind}")
    ]
    props = {key: value[:256] for key, value in zip(text(SENT, "m key"), text(SENT, "m value"), strict=True)}
    events: list[dict[str, Any]] = [
        *views,
        *clicks,
        {"k": "event", "p": "/", "x": text(SENT, "x")[0], "m": props, "a": 0},
    ]
    assert found.sends(*events) == len(events)
    assert found.sends({"k": "pageview", "p": "/agent", "r": "", "a": 0}, agent=text(SENT, "agent")[0]) == 1
    assert found.sends({"k": "pageview", "p": "/address", "r": "", "a": 0}, forwarded=text(SENT, "forwarded")[0]) == 1


async def _plant(owner: Owner) -> None:
    """The same and more, straight into the store, as rows of that visitor."""
    subject = uuid.UUID(int=0)
    until = time.monotonic() + 10
    while not (rows := await _subjects(owner)):
        assert time.monotonic() < until
        owner.wake()
        await asyncio.sleep(0.02)
    subject = rows[0][0]
    lines = [one for site in (SITE, HOSTILE) for one in _rows(subject, site)]
    await owner.store.load([Queued("planted", time.monotonic_ns(), batch(*lines, subject=subject.bytes))])


async def _subjects(owner: Owner) -> list[tuple[Any, ...]]:
    async with owner.store.snapshot() as snapshot:
        return list(await snapshot.fetch("SELECT DISTINCT subject FROM event"))


def _rows(subject: uuid.UUID, site: str) -> Iterator[bytes]:
    places = ("host", "source", "channel", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
    also = ("ad", "country", "city", "browser", "os", "device")
    began, nth = time.time() - 1200, 0
    for visit in (1, 2):
        common = {name: text(STORED, name)[(visit - 1) % len(text(STORED, name))] for name in (*places, *also)}
        paths = [*text(STORED, "path"), *(f"/x{glob[2:-1]}y" for glob in text(WRITTEN, "pattern"))]
        walk: list[dict[str, Any]] = [{"kind": "pageview", "path": path} for path in paths]
        for kind in ("link", "outbound", "download", "button", "form"):
            walk += [{"kind": "click", "target": target, "target_kind": kind} for target in text(STORED, kind)]
        props = json.dumps(dict(zip(text(STORED, "key"), text(STORED, "prop"), strict=True)))
        walk += [{"kind": "event", "target": target, "props": props} for target in (*text(STORED, "event"), "404")]
        for nth, step in enumerate(walk):
            at = f"{datetime.fromtimestamp(began + nth, UTC):%Y-%m-%d %H:%M:%S}"
            told = {
                "path": text(STORED, "path")[0],
                "nth": nth,
                "occurred_at": at,
                "visit": visit,
                "visitor": visit,
                **step,
            }
            yield line(subject.bytes, site=site, **common, **told)


async def _remember(state: State) -> None:
    hostile = text(WRITTEN, "device signed in")[0]
    async with state.write(followed=False) as connection:
        await connection.execute(update(tables.login).values(browser=hostile, os=hostile))
