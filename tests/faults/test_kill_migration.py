"""kill -9 while the databases are made and migrated: the next start goes on, and no row is lost.

HARD_KILLS=200 is the long form.
"""

import asyncio
import os
import random
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

import duckdb
import pytest

from collector.state.database import State
from collector.store.generation import Place, current
from collector.store.migrate import MIGRATIONS, steps, version
from tests.faults.house import load_all

KILLS = int(os.environ.get("HARD_KILLS", "3"))
ROWS = 100_000
SLOW = "ALTER TABLE event ADD COLUMN mood VARCHAR; UPDATE event SET mood = repeat(path, 3) || visit; "

pytestmark = pytest.mark.timeout(60 + KILLS * 15)


@contextmanager
def opening(data: Path, folder: Path) -> Iterator[IO[bytes]]:
    """A process that begins just now to open a data directory; what it prints. It is killed on leaving."""
    environment = {**os.environ, "MIGRATIONS": str(folder)}
    command = [sys.executable, "-m", "tests.faults.starting", "open", str(data)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == b"begin\n"
            yield child.stdout
        finally:
            child.kill()


def killed_after(seconds: float, data: Path, folder: Path = MIGRATIONS) -> bool:
    """Whether the kill came before the end."""
    with opening(data, folder) as said:
        time.sleep(seconds)
        return not select.select([said], [], [], 0)[0]


def whole(data: Path, folder: Path = MIGRATIONS) -> float:
    """Seconds that an undisturbed opening takes."""
    with opening(data, folder) as said:
        began = time.monotonic()
        assert said.readline() == b"end\n"
        return time.monotonic() - began


def test_first_start(tmp_path: Path, chance: random.Random) -> None:
    takes = whole(tmp_path / "undisturbed")
    cut = 0
    for number in count():
        if number >= KILLS and cut:
            break
        data = tmp_path / str(number)
        after = chance.uniform(0, takes)
        if killed_after(after, data):
            cut += 1
        else:
            takes = after  # the machine has become quicker since it was measured: the next comes earlier
        asyncio.run(load_all(data, erase=False))
        shutil.rmtree(data)
    print(f"{cut} of {number} first starts were cut short")
    assert cut > 0


def test_migration(tmp_path: Path, chance: random.Random) -> None:
    """From the first version to one after the newest, whose step takes its time."""
    first, later, template = tmp_path / "first", tmp_path / "later", tmp_path / "template"
    shutil.copytree(MIGRATIONS, later)
    (later / f"{steps()[-1][0] + 1:04}_mood.sql").write_text(SLOW, "utf-8")
    first.mkdir()
    shutil.copy(MIGRATIONS / "0001_event.sql", first)
    whole(template, first)
    fill(template)
    shutil.copytree(template, tmp_path / "undisturbed")
    takes = whole(tmp_path / "undisturbed", later)
    cut = 0
    for number in count():
        if number >= KILLS and cut:
            break
        data = tmp_path / str(number)
        shutil.copytree(template, data)
        after = chance.uniform(0, takes)
        if killed_after(after, data, later):
            cut += 1
        else:
            takes = after
        whole(data, later)
        with duckdb.connect(str(file_of(data))) as db:
            assert version(db) == steps(later)[-1][0]
            assert db.execute("SELECT count(*), count(DISTINCT (visit, nth)), count(mood) FROM event").fetchall() == [
                (ROWS, ROWS, ROWS)
            ]
        shutil.rmtree(data)
    print(f"{cut} of {number} migrations were cut short, of {takes:.1f} s each")
    assert cut > 0


def file_of(data: Path) -> Path:
    place = Place(data)
    return place.database(str(current(place)))


def fill(data: Path) -> None:
    State.open(data)
    with duckdb.connect(str(file_of(data))) as db:
        db.execute(
            "INSERT INTO event (site, host, occurred_at, kind, nth, visit, subject, notice, path) SELECT 'example.com',"
            " 'example.com', '2026-01-01', 'pageview', range % 10, range // 10, uuid(), 'n', '/page/' || range"
            f" FROM range({ROWS})"
        )
