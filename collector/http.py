"""HTTP/1.1 as uvicorn speaks it, with head and body of an answer in one packet."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD, CONTINUE = b"HTTP/1.1 ", b"HTTP/1.1 100"


class OneWrite:
    """A transport that holds the head of an answer until its body comes.

    uvicorn writes them apart. Each write is a call into the kernel, and over loopback the receiver's work too: 5 µs, a
    tenth of what a durable acknowledgement costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.get_extra_info = transport.get_extra_info
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading

    def write(self, data: bytes) -> None:
        """Send, or hold when it is a head: what follows comes at once, or the answer's end does."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(HEAD) and not data.startswith(CONTINUE):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Send what is held: nothing follows it."""
        if self._head:
            held, self._head = self._head, b""
            self._transport.write(held)

    def close(self) -> None:
        """Send what is held, then close."""
        self.flush()
        self._transport.close()


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol over such a transport."""

    def connection_made(self, transport: Any) -> None:
        """A connection was accepted."""
        self._one_write = OneWrite(transport)
        super().connection_made(cast(asyncio.Transport, self._one_write))

    def on_response_complete(self) -> None:
        """An answer ended, perhaps without a body, as that to HEAD does."""
        self._one_write.flush()
        super().on_response_complete()
