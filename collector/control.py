"""The owner's door for other processes: requests over `control.sock` in the data folder.

One line of JSON each way. The owner greets with `{"byleave": version, "protocol": 1}`; then every request
`{"command": …, "params": {…}}` is answered by `{"ok": …}` or `{"error": sentence}`. Whoever may open the socket
(mode 0600) may ask anything.
"""

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
import structlog

from collector import __version__

log = structlog.get_logger(__name__)

SOCKET = "control.sock"
PROTOCOL = 1
REQUEST_BYTES = 1024 * 1024
ANSWER_BYTES = 64 * 1024 * 1024
"""An answer of more is an error: a visitor's own rows are far fewer."""
CALLERS = 32
"""Connections at once; further ones are closed unheard."""
IDLE_SECONDS = 30
"""How long an open connection may say nothing, and how long a caller waits for the greeting."""

Handler = Callable[..., Awaitable[Any]]


class NoOwner(Exception):
    """Nobody listens: no process owns the store just now, so the caller may open it itself."""


class ControlError(Exception):
    """The owner could not do what it was asked; the message is its sentence."""


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    command: str
    params: dict[str, Any] = {}


class Control:
    """Listens on the socket and hands each request to the handler of its command."""

    _server: asyncio.Server

    def __init__(self, data: Path) -> None:
        self._data = data
        self._handlers: dict[str, Handler] = {}
        self._callers: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, data: Path) -> Self:
        """Listen. Only the holder of the owner's lock may: it removes the socket that a dead owner left."""
        control = cls(data)
        listening = await asyncio.to_thread(_listen, data)
        control._server = await asyncio.start_unix_server(control._accept, sock=listening, limit=REQUEST_BYTES)
        return control

    def register(self, command: str, handler: Handler) -> None:
        """Answer a command by what an async function returns for its parameters (JSON values, given by name)."""
        self._handlers[command] = handler

    async def stop(self) -> None:
        """Stop listening, end the conversations, remove the socket."""
        self._server.close()
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        await asyncio.to_thread((self._data / SOCKET).unlink, missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._callers) < CALLERS:
                self._callers.add(task)
                await self._converse(reader, writer)
        except (asyncio.CancelledError, ConnectionError, TimeoutError, ValueError):
            pass  # stopped, gone, silent for too long, or a line over the limit
        finally:
            self._callers.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_line({"byleave": __version__, "protocol": PROTOCOL}))
        while line := await _heard(reader):
            writer.write(await self._answer(line))
            await writer.drain()

    async def _answer(self, line: bytes) -> bytes:
        try:
            request = msgspec.json.decode(line, type=_Request)
        except msgspec.MsgspecError as error:
            return _line({"error": f"Not a request: {error}."})
        handler = self._handlers.get(request.command)
        if handler is None:
            return _line({"error": f"The running owner does not know the command {request.command}; restart it."})
        try:
            answer = _line({"ok": await handler(**request.params)})
        except Exception as error:  # a caller's trouble must not end the owner's work
            log.warning("control_failed", command=request.command, cause=type(error).__name__)
            return _line({"error": str(error) or type(error).__name__})
        return answer if len(answer) <= ANSWER_BYTES else _line({"error": "The answer is too large."})


async def call(data: Path, command: str, **params: Any) -> Any:
    """Ask the owner of a data folder; returns its answer as plain JSON values.

    Raises NoOwner when nobody listens, ControlError when the owner refuses or fails.
    """
    try:
        with _reachable(data) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=ANSWER_BYTES)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        raise NoOwner(f"No process owns the event store in {data}.") from None
    except PermissionError:
        raise ControlError(
            f"{data / SOCKET} belongs to another user; run the command as the user of the server."
        ) from None
    try:
        await _greet(reader)
        writer.write(_line({"command": command, "params": params}))
        await writer.drain()
        return _result(await reader.readline())
    except (ConnectionError, TimeoutError):
        raise ControlError("The owner of the store went away; try again.") from None
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _heard(reader: asyncio.StreamReader) -> bytes:
    """The other side's next line; empty at its end. Raises TimeoutError after `IDLE_SECONDS` of silence."""
    async with asyncio.timeout(IDLE_SECONDS):
        return await reader.readline()


async def _greet(reader: asyncio.StreamReader) -> None:
    greeting = await _heard(reader)
    if not greeting:
        raise ControlError("The owner of the store is busy or stopping; try again.")
    spoken = msgspec.json.decode(greeting)
    if spoken.get("protocol") != PROTOCOL:
        raise ControlError(f"The running owner is Byleave {spoken.get('byleave')}, this is {__version__}: restart it.")


def _result(line: bytes) -> Any:
    if not line:
        raise ControlError("The owner of the store went away; try again.")
    answer = msgspec.json.decode(line)
    if "error" in answer:
        raise ControlError(answer["error"])
    return answer["ok"]


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _listen(data: Path) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK((data / SOCKET).lstat().st_mode):
            (data / SOCKET).unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _reachable(data) as path:
            listening.bind(path)
        # Before it listens nobody can connect, so nobody gets in before the mode is set.
        (data / SOCKET).chmod(0o600)
        listening.listen(CALLERS)
    except BaseException:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


@contextlib.contextmanager
def _reachable(data: Path) -> Iterator[str]:
    """A name for the socket that fits into the 108 bytes of an address (unix(7)), however deep the folder lies."""
    path = str(data / SOCKET)
    if len(os.fsencode(path)) < 100:
        yield path
        return
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)
