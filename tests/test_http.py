"""HTTP over real sockets: an answer given whole is one packet, and the same answer that uvicorn would have sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from collector.http import WHOLE, Protocol, line, unlined

BODY = b'{"stored":1}'
HEADERS = [(b"content-type", b"application/json"), (b"x-colon", b"a: b"), (b"content-length", b"%d" % len(BODY))]
HEAD = tuple(line(*header) for header in HEADERS)
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers in one message where the server takes it, else in two; on /parts never in one."""
    while (await receive()).get("more_body"):
        pass
    if WHOLE in scope.get("extensions", ()) and scope["path"] != "/parts":
        await send({"type": WHOLE, "status": 202, "head": HEAD, "body": BODY})
        return
    await send({"type": "http.response.start", "status": 202, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY[:5], "more_body": True})
    await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": BODY[5:]})


class Connection:
    """A connection to a server that runs in this loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: ServerState) -> None:
        self.reader, self.writer, self.state = reader, writer, state

    async def ask(self, request: bytes, answers: int = 1) -> list[bytes]:
        """Whole answers, as they came over the wire."""
        self.writer.write(request)
        found = []
        async with asyncio.timeout(5):
            for _ in range(answers):
                head = await self.reader.readuntil(b"\r\n\r\n")
                found.append(head + await self.reader.readexactly(len(BODY)))
        return found


@asynccontextmanager
async def connected(protocol: Callable[..., HttpToolsProtocol] = Protocol) -> AsyncIterator[Connection]:
    config = uvicorn.Config(app, interface="asgi3", ws="none", lifespan="off", log_config=None)
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield Connection(reader, writer, state)
    finally:
        writer.close()
        server.close()
        await server.wait_closed()


REQUESTS = [
    ("one", POST, 1),
    ("two at once", POST * 2, 2),
    ("twenty at once", POST * 20, 20),
    ("the last of its connection", POST.replace(b"host: x", b"host: x\r\nconnection: close"), 1),
    ("HTTP/1.0", POST.replace(b"HTTP/1.1", b"HTTP/1.0"), 1),
]


@pytest.mark.parametrize(("request_", "answers"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS])
async def test_the_answer_is_that_of_uvicorn(request_: bytes, answers: int) -> None:
    async with connected() as ours, connected(HttpToolsProtocol) as theirs:
        expected = await theirs.ask(request_, answers)
        assert await ours.ask(request_, answers) == expected
        assert expected[0].startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert ours.state.total_requests == theirs.state.total_requests == answers


def test_lines_and_headers_are_the_same() -> None:
    assert unlined(HEAD) == HEADERS


async def test_an_answer_is_one_packet() -> None:
    async with connected() as ours:
        for _ in range(20):
            ours.writer.write(POST)
            async with asyncio.timeout(5):
                assert (await ours.reader.read(65_536)).endswith(BODY)


async def test_an_answer_in_parts_goes_on_as_before() -> None:
    async with connected() as ours:
        assert (await ours.ask(POST.replace(b" / ", b" /parts ")))[0].endswith(BODY)
        assert (await ours.ask(POST))[0].endswith(BODY)


async def test_the_connection_is_closed_after_its_last_answer() -> None:
    async with connected() as ours:
        ours.writer.write(REQUESTS[3][1])
        async with asyncio.timeout(5):
            assert (await ours.reader.read(-1)).endswith(BODY)


async def test_one_who_hung_up_harms_nobody() -> None:
    async with connected() as ours:
        ours.writer.write(POST)
        ours.writer.transport.abort()
        async with asyncio.timeout(5):
            while ours.state.connections or ours.state.tasks:
                await asyncio.sleep(0.01)


async def test_who_asks_before_sending_a_body_is_told_to_go_on() -> None:
    async with connected() as ours:
        ours.writer.write(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        async with asyncio.timeout(5):
            assert await ours.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert (await ours.ask(b"abc"))[0].endswith(BODY)


async def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient(Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.timeout_keep_alive = 0

    async with connected(Impatient) as ours:
        await ours.ask(POST)
        async with asyncio.timeout(5):
            assert await ours.reader.read(1) == b""
