"""A mail server for tests, on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Post:
    """A mail server of four commands that keeps what it is given, and waits as long as it is told to."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.go = asyncio.Event()
        self.go.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.go.wait()
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            if command == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def listening(port: int = 0) -> AsyncIterator[tuple[Post, int]]:
    """A mail server and its port: this one, else any that is free."""
    made = Post()
    server = await asyncio.start_server(made.take, "127.0.0.1", port)
    yield made, server.sockets[0].getsockname()[1]
    server.close()
