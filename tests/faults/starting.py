"""Starts that are meant to fail: killed half-way, or refused.

python -m tests.faults.starting open DATA             prints "begin", opens and migrates everything, prints "end", waits
python -m tests.faults.starting refuse DATA COMMAND…  runs each server; ends well when all refuse to start in a sentence

MIGRATIONS names a folder of migrations of the store to take instead of those there are.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from click.testing import CliRunner

from collector.cli import main
from collector.state.database import State
from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.migrate import migrate


def open_all(data: Path) -> None:
    """What every start does first."""
    if "MIGRATIONS" in os.environ:
        migrate.__defaults__ = (Path(os.environ["MIGRATIONS"]),)
    os.write(1, b"begin\n")
    State.open(data)
    asyncio.run(DuckStore.open(Place(data, memory="300MB", threads=1)))
    os.write(1, b"end\n")
    signal.pause()


def refuse(data: Path, commands: list[str]) -> None:
    """Several in one process, which spares a second each; one that starts after all is ended by the alarm."""
    for command in commands:
        signal.alarm(30)
        done = CliRunner().invoke(main, [command, "--data", str(data), "--port", "0"])
        print(done.output)
        known = done.exit_code == 1 and isinstance(done.exception, SystemExit)
        assert known, f"{command} did not refuse in a sentence: {done.exception!r}"


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "open":
        open_all(Path(folder))
    else:
        refuse(Path(folder), rest)
