"""HTTP/1.1 as uvicorn speaks it, and one thing more: an answer given whole is sent whole.

uvicorn takes the head of an answer and its body in two messages, checks every header by pattern and writes twice; each
write is a call into the kernel, and over loopback the receiver's work too. Together that is 10 µs, a fifth of what a
durable acknowledgement cost. ASGI lets a server offer extensions (its specification, "Extensions"), so ours offers one.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

WHOLE = "byleave.response.whole"
"""In `scope["extensions"]`: a message of this type holds status, head (Lines, with the body's length) and body."""
EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}


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
    """uvicorn's protocol with such cycles."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = EXTENSIONS

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = Cycle  # uvicorn names the class in the midst of a function and leaves no other way
        super()._start_asgi_task(cycle, app)
