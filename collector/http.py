"""HTTP/1.1 as uvicorn speaks it, and one thing more: an answer given whole is sent whole.

uvicorn takes the head of an answer and its body in two messages, checks every header by pattern and writes twice; each
write is a call into the kernel, and over loopback the receiver's work too. Together that is 10 µs, a fifth of what a
durable acknowledgement cost. ASGI lets a server offer extensions (its specification, "Extensions"), so ours offers one.

And nobody holds a connection open for nothing: uvicorn waits for a head or a body without end, and takes a head of any
length into memory.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

WHOLE = "byleave.response.whole"
"""In `scope["extensions"]`: a message of this type holds status, head (Lines, with the body's length) and body."""
EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}
HEAD_BYTES = 32 * 1024
"""What a head may hold before it is complete (one read, 256 KiB, may bring more at once); browsers send 1 KiB."""
WAIT_S = 12
"""How long a sender may take for one request, head and body; a route that bounds its body answers before (10 s)."""
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


Lines = tuple[bytes, ...]
"""Headers as they go over the wire: most are the same for every answer, and are written out once."""


def line(name: bytes, value: bytes) -> bytes:
    """A header as it goes over the wire."""
    return b"%b: %b\r\n" % (name, value)


def unlined(head: Lines) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name, value[:-2]) for name, _, value in (one.partition(b": ") for one in head)]


class Cycle(RequestResponseCycle):
    """One request and its answer."""

    async def send(self, message: Any) -> None:
        """Take a message of ASGI or the one that is an answer. Its headers must be safe: they are not checked."""
        if message["type"] != WHOLE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = self.response_complete = True
        ours = [line(name, value) for name, value in self.default_headers]
        close = b"" if self.keep_alive else b"connection: close\r\n"
        head = (STATUS_LINE[message["status"]], *ours, *message["head"], close, b"\r\n")
        self.transport.write(b"".join(head) + message["body"])
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol with such cycles, which lets go of whoever sends no end."""

    _head_bytes = 0
    _waits_for: Any = None
    """The request that `tick` saw to be incomplete, by its scope, and how often."""
    _ticks = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = EXTENSIONS
        self._head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Take what came in; an endless head is refused."""
        super().data_received(data)
        if self._head_is_incomplete:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(_TOO_LONG)

    def tick(self) -> None:
        """Called once a second: whoever has been waited for WAIT_S is let go."""
        closing = self.transport.is_closing()  # and what was to be sent is not taken
        busy = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
        if not closing and (busy or self.timeout_keep_alive_task is not None):
            self._ticks = 0
            return
        if self._waits_for is not self.scope:
            self._waits_for, self._ticks = self.scope, 0
        self._ticks += 1
        if self._ticks <= WAIT_S:
            return
        if closing:
            self.transport.abort()
        elif self._head_is_incomplete:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()

    @property
    def _head_is_incomplete(self) -> bool:
        return self.scope is not None and "path" not in self.scope

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = Cycle  # uvicorn names the class in the midst of a function and leaves no other way
        super()._start_asgi_task(cycle, app)
