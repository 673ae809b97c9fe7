"""Byleave as its operator runs it: real processes on real ports, for tests that kill them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import duckdb

COMMAND = str(Path(sys.executable).with_name("byleave"))
START_S = 30
STOP_S = 30


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Byleave:
    """Commands and processes on one data directory; everything they print ends up in `log`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data = folder / "data"
        self.log = folder / "byleave.log"
        self.command = [COMMAND]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BYLEAVE_")},
            **{f"BYLEAVE_{name.upper()}": value for name, value in settings.items()},
            "BYLEAVE_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str, code: int = 0, text: str = "") -> str:
        """One command to its end; its standard output. Fails when the exit code is another."""
        done = subprocess.run(
            [*self.command, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            input=text,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, f"byleave {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + (done.stderr if code == 1 else "")

    def start(self, *arguments: str, port: int | None = None) -> "Process":
        """A server, once it says it is ready."""
        port = port or free_port()
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [*self.command, *arguments, "--port", str(port)], env=self.environment, stdout=log, stderr=log
            )
        self.running.append(child)
        process = Process(child, port)
        process.wait_ready(self.log)
        return process

    def stop(self) -> None:
        """End whatever still runs."""
        for child in self.running:
            if child.poll() is None:
                child.terminate()
        for child in self.running:
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


class Process:
    """One running server."""

    def __init__(self, child: "subprocess.Popen[bytes]", port: int) -> None:
        self.child = child
        self.port = port
        self.url = f"http://localhost:{port}"

    def wait_ready(self, log: Path) -> None:
        """Return once /readyz answers with success."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.child.poll() is None, f"ended with {self.child.returncode}:\n{log.read_text()[-3000:]}"
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"not ready within {START_S} s:\n{log.read_text()[-3000:]}")

    def kill(self) -> None:
        """kill -9."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.child.terminate()
        return self.child.wait(STOP_S)


@contextmanager
def byleave(folder: Path, **settings: str) -> Iterator[Byleave]:
    """Byleave on a fresh data directory below `folder`; nothing is left running."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Byleave(folder, **settings)
    try:
        yield found
    finally:
        found.stop()


def stored_rows(
    data: Path, sql: str = "SELECT * FROM event", params: Sequence[object] | Mapping[str, object] = ()
) -> list[tuple[object, ...]]:
    """Rows straight from the store's file, with the engine alone; no process may have it open."""
    current = (data / "events" / "CURRENT").read_text().strip()
    path = data / "events" / (current if current.endswith(".duckdb") else f"{current}.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, params).fetchall()
