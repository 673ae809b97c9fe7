"""How soon `make run` is ready when everything is set up already."""

import os
import signal
import subprocess
import time
from pathlib import Path

from example.run import BYLEAVE_PORT, WEBSITE_PORT, taken
from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
MOST_S = 5.0
GIVE_UP_S = 60.0
READY = "Ctrl-C stops both."


def rows(folder: Path) -> list[Row]:
    """The second of two starts on one data directory; no row while somebody else uses the ports."""
    if taken(BYLEAVE_PORT) or taken(WEBSITE_PORT):
        return []
    folder.mkdir(parents=True)
    _ready_after(folder)
    seconds = _ready_after(folder)
    return [Row("seconds until a repeated `make run` is ready", "< 5", f"{seconds:.1f}", seconds < MOST_S)]


def _ready_after(folder: Path) -> float:
    """Seconds from the command to its last line; then it is stopped as Ctrl-C would."""
    log = folder / "run.log"
    began = time.perf_counter()
    with log.open("wb") as out:
        environment = {**os.environ, "BYLEAVE_DATA": str(folder / "data")}
        child = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        while READY not in log.read_text():
            assert child.poll() is None, log.read_text()
            assert time.perf_counter() - began < GIVE_UP_S, "make run does not get ready"
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(30)
