"""What every fault ends with: the store compared with what was acknowledged, row by row."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from collector import server
from collector.control import ControlError, NoOwner, call
from collector.settings import Settings
from collector.state.database import State
from tests.faults.people import Row, Told
from tests.processes import Byleave, stored_rows


class Killed(NamedTuple):
    """A data directory whose processes were killed, and what was acknowledged."""

    data: Path
    told: Told


LONG = bool(os.environ.get("FAULTS_LONG"))
in_soak = pytest.mark.skipif(not LONG, reason="takes long: make soak")

ROOT = Path(__file__).parents[2]
SETTLE_SECONDS = 60

HURRY: dict[str, float] = {
    "collector.owner.CHECKPOINT_SECONDS": 0.2,
    "collector.owner.GENERATION_AGE": 1,
    "collector.owner.REWRITE_RETRY_SECONDS": 0.2,
    "collector.rights.UNDER_WAY_SECONDS": 0.5,
    "collector.spool.SEGMENT_SECONDS": 0.7,
    "collector.spool.WATCH_SECONDS": 0.1,
}
"""Checkpoints, rewrites and new segments several times a second, so that a fault at any moment hits one of them."""


def hurry(product: Byleave, **more: float) -> None:
    """From now on the product's processes run with HURRY; `more` are further constants, with `__` for the dots."""
    constants = HURRY | {name.replace("__", "."): value for name, value in more.items()}
    product.environment["FAULT_CONSTANTS"] = json.dumps(constants)
    product.environment["PYTHONPATH"] = str(ROOT)
    product.command = [sys.executable, "-m", "tests.faults.hurried"]


def ask(product: Byleave, command: str) -> Any:
    """Ask the running owner over its socket."""
    return asyncio.run(call(product.data, command))


def erase_now(product: Byleave) -> bool:
    """Make every erasure physical; False when the owner was killed or is not there."""
    try:
        ask(product, "erase_now")
    except (NoOwner, ControlError):
        return False
    return True


def assert_exact(product: Byleave, told: Told) -> None:
    """Acknowledged = stored, once; withdrawn = gone; nothing left in the spool. No process may run.

    Compared twice, with a start and a rewrite between: what is erased must not come back either.
    """
    for _ in range(2):
        asyncio.run(load_all(product.data))
        compare(product.data, told)
        assert list((product.data / "spool").glob("*.sqlite3")) == []


async def load_all(data: Path, *, erase: bool = True) -> None:
    """Be the owner of a data directory until everything in the spool is loaded and what was erased is in no file."""
    state = await asyncio.to_thread(State.open, data)
    try:
        async with (
            server.following(state) as follower,
            server.owning(Settings(data=str(data), duckdb_memory="500MB"), follower) as owner,
        ):
            async with asyncio.timeout(SETTLE_SECONDS):
                while not owner.loader.complete_to:
                    await asyncio.sleep(0.02)
            if erase:
                await owner.erase_now()
    finally:
        await state.close()


def stored(data: Path) -> Counter[Row]:
    """What the store holds; no process may have it open."""
    return Counter(
        {(str(path), int(str(nth)), str(kind)): int(str(count)) for path, nth, kind, count in stored_rows(data, ROWS)}
    )


ROWS = "SELECT path, nth, kind, count(*) FROM event GROUP BY ALL"


def compare(data: Path, told: Told) -> None:
    """The store's rows against what was acknowledged; no process may have it open."""
    found = stored(data)
    missing, surplus = told.kept - found, found - told.kept
    print(f"{told.kept.total()} rows kept, {told.withdrawn} people gone, {told.statuses}, {told.broken} cut off")
    assert told.kept.total() > 0
    assert not missing, f"{missing.total()} acknowledged rows are not stored: {list(missing)[:5]}"
    assert not surplus, f"{surplus.total()} rows are stored that must not be: {list(surplus)[:5]}"


def refusal(product: Byleave, *commands: str) -> str:
    """What servers say that refuse to start, in one line; fails when one starts, or ends in a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.starting", "refuse", product.environment["BYLEAVE_DATA"], *commands],
        env=product.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 0, said
    return said


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, to show that nothing was written."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_socket()
    }


def children(pid: int) -> list[int]:
    """The collectors that a `collect --workers` has started."""
    found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_root() -> bool:
    """Mounting and immutable files need root."""
    return os.geteuid() == 0
