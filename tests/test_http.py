"""HTTP over real sockets: an answer is one packet, whole, in order, and nothing is left unsent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from collector.http import OneWrite, Protocol


class Pipe:
    """A transport that notes what happens to it."""

    def __init__(self) -> None:
        self.seen: list[bytes | str] = []

    def write(self, data: bytes) -> None:
        self.seen.append(data)

    def close(self) -> None:
        self.seen.append("closed")

    get_extra_info = is_closing = pause_reading = resume_reading = None


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
WRITES = [
    ("head and body", [HEAD, b"body"], [HEAD + b"body"]),
    ("head and nothing", [HEAD, b""], [HEAD]),
    ("a body in parts", [HEAD, b"a", b"b"], [HEAD + b"a", b"b"]),
    ("two answers", [HEAD, b"a", HEAD, b"b"], [HEAD + b"a", HEAD + b"b"]),
    ("a part that looks like a head", [HEAD, b"a", HEAD, HEAD], [HEAD + b"a", HEAD + HEAD]),
    ("go on", [b"HTTP/1.1 100 Continue\r\n\r\n"], [b"HTTP/1.1 100 Continue\r\n\r\n"]),
]


@pytest.mark.parametrize(("writes", "sent"), [row[1:] for row in WRITES], ids=[row[0] for row in WRITES])
def test_a_head_leaves_with_what_follows_it(writes: list[bytes], sent: list[bytes]) -> None:
    pipe = Pipe()
    transport = OneWrite(pipe)  # type: ignore[arg-type]
    for data in writes:
        transport.write(data)
    assert pipe.seen == sent


@pytest.mark.parametrize(("end", "seen"), [("flush", [HEAD]), ("close", [HEAD, "closed"])])
def test_a_head_that_nothing_follows_is_sent_all_the_same(end: str, seen: list[bytes | str]) -> None:
    pipe = Pipe()
    transport = OneWrite(pipe)  # type: ignore[arg-type]
    transport.write(HEAD)
    getattr(transport, end)()
    transport.flush()
    assert pipe.seen == seen


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of the body; /parts in three parts, a turn apart."""
    length, message = 0, {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        length += len(message.get("body", b""))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(2 if scope["path"] == "/parts" else 0):
        await send({"type": "http.response.body", "body": b"part ", "more_body": True})
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": b"%d" % length})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server that runs in this loop."""
    config = uvicorn.Config(app, http=Protocol, ws="none", lifespan="off", log_config=None, port=0)
    config.load()
    state = uvicorn.server.ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(config, state, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()
        for connection in list(state.connections):
            connection.transport.close()
        await server.wait_closed()


REQUESTS = [
    ("one", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", [b"1\r\n0\r\n"]),
    ("a body", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc", [b"1\r\n3\r\n"]),
    ("two at once", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 2, [b"1\r\n0\r\n", b"1\r\n0\r\n"]),
    ("in parts", b"GET /parts HTTP/1.1\r\nhost: x\r\n\r\n", [b"5\r\npart \r\n5\r\npart \r\n1\r\n0\r\n"]),
]


@pytest.mark.parametrize(("request_", "chunks"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS])
async def test_every_answer_arrives_whole(request_: bytes, chunks: list[bytes]) -> None:
    async with connected() as (reader, writer):
        writer.write(request_)
        for chunk in chunks:
            async with asyncio.timeout(5):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
                assert await reader.readuntil(b"0\r\n\r\n") == chunk + b"0\r\n\r\n"


async def test_an_answer_to_head_arrives() -> None:
    async with connected() as (reader, writer):
        writer.write(b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_an_answer_is_one_packet() -> None:
    async with connected() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read(65_536)).endswith(b"\r\n\r\n1\r\n0\r\n0\r\n\r\n")


async def test_a_connection_that_is_to_be_closed_gets_its_answer_first() -> None:
    async with connected() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read(-1)).endswith(b"1\r\n0\r\n0\r\n\r\n")


async def test_who_asks_before_sending_a_body_is_told_to_go_on() -> None:
    async with connected() as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        async with asyncio.timeout(5):
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"abc")
            await reader.readuntil(b"\r\n\r\n")
            assert (await reader.readuntil(b"0\r\n\r\n")).startswith(b"1\r\n3\r\n")
