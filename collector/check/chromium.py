"""Debian's Chromium, driven over the DevTools protocol through a pair of pipes.

Pipes need no package, and open no port that another user of this machine could drive the browser through.
Source: https://chromedevtools.github.io/devtools-protocol/ (messages are JSON, each ended by a NUL byte).
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = (
    "No Chromium was found. On Debian and Ubuntu: apt-get install chromium; elsewhere set BYLEAVE_CHROMIUM to its path."
)
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--password-store=basic",
    "--window-size=1280,800",
)
# The pipes have to be number 3 and 4; a shell can open them anew by name, and then becomes the browser.
AS_PIPES = 'in=$1 out=$2; shift 2; exec 3<"/dev/fd/$in" 4>"/dev/fd/$out"; exec "$@"'
LARGEST = 64 << 20  # bytes of one message
END_S = 3.0
VERSION_S = 10.0

Heard = Callable[[str, dict[str, Any]], None]


class CheckError(Exception):
    """The page could not be looked at; the message is one sentence that says what to do."""


def find(named: str = "") -> str:
    """The path of a Chromium: the one that is named, else the first of the usual names on PATH. Raises CheckError."""
    if named:
        found = shutil.which(named)
        if found is None:
            raise CheckError(f"BYLEAVE_CHROMIUM names {named}, which is no program. Set it to the path of a Chromium.")
        return found
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise CheckError(INSTALL)
    return found


def agent(executable: str) -> str:
    """The user agent of this Chromium with a window: headless it says so, and is refused as a bot. Blocks."""
    try:
        said = subprocess.run(  # noqa: S603 - the owner's own browser
            [executable, "--version"], capture_output=True, text=True, timeout=VERSION_S, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CheckError(f"{executable} does not start ({type(error).__name__}). {INSTALL}") from None
    major = re.search(r"(\d+)\.\d+\.\d+", said)
    if major is None:
        raise CheckError(f"{executable} does not tell its version, so it is no Chromium. {INSTALL}")
    return (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major[1]}.0.0.0 Safari/537.36"
    )


class Chromium:
    """One running browser. Calls and events of all its pages pass through here."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.WriteTransport) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._heard: dict[str, Heard] = {}
        self._listening = asyncio.create_task(self._listen())

    async def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """One command, to the browser or to one page's session. Raises CheckError when it is refused."""
        if self._listening.done():
            raise CheckError("Chromium ended by itself. Try again; where it cannot start at all, run it by hand once.")
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        self._writer.write(json.dumps(message).encode() + b"\0")
        return await answer

    def hear(self, session: str, heard: Heard) -> None:
        """Tell `heard` of every event (name, parameters) of a session from now on."""
        self._heard[session] = heard

    async def _listen(self) -> None:
        try:
            while True:
                self._take(json.loads((await self._reader.readuntil(b"\0"))[:-1]))
        except (asyncio.IncompleteReadError, OSError):
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(CheckError("Chromium ended before the page was looked at. Try again."))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            heard = self._heard.get(message.get("sessionId", ""))
            if heard:
                heard(message["method"], message.get("params", {}))
            return
        answer = self._waiting.pop(message["id"], None)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(CheckError(f"Chromium refused a command: {message['error'].get('message', '')}"))
        else:
            answer.set_result(message["result"])

    async def close(self) -> None:
        """Ask the browser to end, and stop listening."""
        with suppress(CheckError, TimeoutError):
            async with asyncio.timeout(END_S):
                await self.call("Browser.close")
        self._listening.cancel()
        self._writer.close()


@asynccontextmanager
async def chromium(executable: str, user_agent: str, profile: Path) -> AsyncIterator[Chromium]:
    """A browser with its files below `profile`; it and its children have ended when this is left."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    # Chromium keeps its sandbox, but refuses to have one as root.
    rootless = () if os.geteuid() else ("--no-sandbox",)
    command = (executable, *FLAGS, *rootless, f"--user-agent={user_agent}", f"--user-data-dir={profile}")
    child = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", AS_PIPES, "sh", str(theirs_in), str(theirs_out), *command, "about:blank"),
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # It binds a socket there, whose address may have 108 bytes (unix(7)).
        env=os.environ | {"TMPDIR": "/tmp"},  # noqa: S108  # it makes a folder of its own
        start_new_session=True,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LARGEST)
    try:
        hearing, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb", buffering=0)
        )
        writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(ours_out, "wb", buffering=0))
        browser = Chromium(reader, writer)
        try:
            yield browser
        finally:
            await browser.close()
            hearing.close()
    finally:
        await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Wait for the browser, and end what is left of its session."""
    with suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            await child.wait()
    with suppress(ProcessLookupError, PermissionError, TimeoutError):
        async with asyncio.timeout(END_S):
            # A killed one lives on for a moment, and may still write into the profile that is about to be removed.
            while True:
                os.killpg(child.pid, signal.SIGKILL)
                await asyncio.sleep(0.02)
    await child.wait()
