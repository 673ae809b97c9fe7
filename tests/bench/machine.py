"""The machine that was measured, and how processes are kept to one of its cores."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

SERVER_CORE, LOAD_CORE = 0, 1


def described() -> list[str]:
    """Processor, memory and versions, one line each; no name of the machine or its user."""
    cpu = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "model name: unknown")
    memory = int(next(line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")).split()[1])
    linux = platform.release().partition("-")[0]
    return [
        f"{len(os.sched_getaffinity(0))} cores of {cpu.partition(':')[2].strip()}, {memory / 2**20:.0f} GiB of memory",
        f"Linux {linux}, Python {platform.python_version()}, DuckDB {duckdb.__version__}",
    ]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started within, with all its threads, keeps to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def busy_seconds(pid: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def anonymous_bytes(pid: int) -> int:
    """Memory of a process that no file backs."""
    line = next(line for line in _lines(f"/proc/{pid}/status") if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
