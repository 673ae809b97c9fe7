"""`byleave` with some of its constants changed and its clock shifted, so that rare moments come often. Tests alone.

python -m tests.faults.hurried dashboard --port 8001

FAULT_CONSTANTS   JSON: {"collector.owner.CHECKPOINT_SECONDS": 0.3}; a constant that does not exist is an error
FAULT_CLOCK       a file that holds the seconds by which this process's wall clock is off, read ten times a second
"""

import importlib
import json
import os
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

CLOCK_READ_SECONDS = 0.1


def change_constants(values: dict[str, Any]) -> None:
    """Set module constants by their dotted names; a number for a timedelta is seconds."""
    for name, value in values.items():
        module_name, _, constant = name.rpartition(".")
        module = importlib.import_module(module_name)
        present = getattr(module, constant)
        setattr(module, constant, timedelta(seconds=value) if isinstance(present, timedelta) else value)


class Clock:
    """The wall clock, as far off as a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._time = time.time
        self._read = float("-inf")
        self._off = 0.0

    def time(self) -> float:
        """Stands for time.time."""
        now = time.monotonic()
        if now - self._read >= CLOCK_READ_SECONDS:
            self._read, self._off = now, float(self._file.read_text() or 0)
        return self._time() + self._off

    def now(self, zone: tzinfo | None = None) -> datetime:
        """Stands for datetime.now."""
        return datetime.fromtimestamp(self.time(), zone)

    def __getattr__(self, name: str) -> Any:
        return getattr(datetime, name)


def shift_clock(file: Path) -> None:
    """Everything of ours that asks for the time of day is answered by the shifted clock."""
    clock = Clock(file)
    for name in ("collector.owner", "collector.retention", "collector.store.generation"):
        importlib.import_module(name).datetime = clock  # type: ignore[attr-defined]
    time.time = clock.time


# At the import, not below: the workers of `collect --workers` import this module too, under another name.
if "FAULT_CLOCK" in os.environ:
    shift_clock(Path(os.environ["FAULT_CLOCK"]))
change_constants(json.loads(os.environ.get("FAULT_CONSTANTS", "{}")))

if __name__ == "__main__":
    from collector.cli import main

    main(prog_name="byleave")
