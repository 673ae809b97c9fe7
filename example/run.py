"""`make run`: Byleave and the example website side by side, until one of them ends or Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

BYLEAVE_PORT, WEBSITE_PORT = 8000, 8001
BYLEAVE, WEBSITE = f"http://localhost:{BYLEAVE_PORT}", f"http://localhost:{WEBSITE_PORT}"
START_S = 60  # a first start migrates the store and reads the city database
STOP_S = 20  # Byleave gives requests under way 10 s and then closes its files
COMMAND = str(Path(sys.executable).with_name("byleave"))
# k = 1, so that a single trial visit is shown whole; the website's notice says so.
SITE = (
    *("site", "add", "localhost", "--if-missing", "--timezone", "Europe/Berlin", "--k", "1"),
    *("--controller", "Example Bakery Ltd", "--contact", "privacy@bakery.example"),
)
WHAT_TO_DO = f"""
The example website is ready on {WEBSITE}

  1. Open {BYLEAVE} and sign in. The first time, use the one-time link above.
  2. Open {WEBSITE}, say yes, read two pages and click something.
  3. Look at {BYLEAVE} again: the visit is there within two seconds.

Ctrl-C stops both.
"""


def main() -> int:
    """Exit code 0 after Ctrl-C, else that of the process which ended by itself."""
    for port in (BYLEAVE_PORT, WEBSITE_PORT):
        if taken(port):
            print(
                f"Port {port} is in use. Stop what listens there (ss -ltnp shows it), then try again.", file=sys.stderr
            )
            return 1
    added = subprocess.run([COMMAND, *SITE], stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - our own command
    if added.returncode:
        return added.returncode
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    running = [start(COMMAND, "serve", "--port", str(BYLEAVE_PORT)), start(sys.executable, "-m", "example")]
    try:
        return watch(running, asked)
    finally:
        stop(running)


def taken(port: int) -> bool:
    """Whether something listens on the port already."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def start(*command: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches this process alone, which then stops its children in order."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, start_new_session=True, env=environment)  # noqa: S603 - our own commands


def watch(running: Sequence[subprocess.Popen[bytes]], asked: threading.Event) -> int:
    """Wait for a request to stop or the end of a child; say what to do as soon as both answer."""
    said, deadline = False, time.monotonic() + START_S
    while not asked.wait(0.2):
        for child in running:
            if child.poll() is not None:
                return child.returncode or 1
        if not said and answers(f"{BYLEAVE}/readyz") and answers(WEBSITE):
            print(WHAT_TO_DO, flush=True)
            said = True
        if not said and time.monotonic() > deadline:
            print(f"Byleave did not get ready within {START_S} s; its last lines above say why.", file=sys.stderr)
            return 1
    return 0


def answers(url: str) -> bool:
    """Whether a GET is answered with success."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - both addresses are constants of this file
            return bool(200 <= answer.status < 300)
    except (URLError, OSError):
        return False


def stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to stop, and end those that do not within STOP_S."""
    for child in running:
        child.terminate()
    deadline = time.monotonic() + STOP_S
    for child in running:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        if child.poll() is None:
            child.kill()


if __name__ == "__main__":
    sys.exit(main())
