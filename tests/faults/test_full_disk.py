"""A full disk: 503 with Retry-After, recovery by itself, nothing acknowledged lost.

FULL_TIMES sets how often the disk fills up; the default is once. Needs root, to mount a small file system.
"""

import contextlib
import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.faults.house import assert_exact, erase_now, hurry, is_root, refusal
from tests.faults.people import People
from tests.processes import Byleave, byleave

TIMES = int(os.environ.get("FULL_TIMES", "1"))
SIZE = "400m"

pytestmark = pytest.mark.skipif(not is_root(), reason="mounting a small file system needs root")


@pytest.fixture
def small(tmp_path: Path, founded: Path) -> Iterator[Byleave]:
    """Byleave on a disk of 400 MiB."""
    with byleave(tmp_path, rate_limit="off", duckdb_memory="500MB") as found:
        found.data.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(found.data)], check=True)
        try:
            shutil.copytree(founded, found.data, dirs_exist_ok=True)
            yield found
        finally:
            found.stop()
            subprocess.run(["umount", "--lazy", str(found.data)], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """No byte is free meanwhile: what is freed, say by a rewrite that ends, is taken within 20 ms."""
    filler, enough = disk / "filler", threading.Event()
    with filler.open("wb", buffering=0) as file:
        _fill(file.fileno())

        def stay_full() -> None:
            while not enough.wait(0.02):
                _fill(file.fileno())

        thread = threading.Thread(target=stay_full)
        thread.start()
        try:
            yield
        finally:
            enough.set()
            thread.join()
            filler.unlink()


def _fill(descriptor: int) -> None:
    for size in (1 << 16, 1 << 12, 1):
        with contextlib.suppress(OSError):
            while True:
                os.write(descriptor, b"x" * size)


def is_ready(url: str) -> bool:
    """What /readyz says."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except HTTPError:
        return False


@pytest.mark.timeout(60 + TIMES * 20)
def test_everything_on_it(small: Byleave, chance: random.Random) -> None:
    hurry(small)
    serve = small.start("serve")
    with People(serve.url, chance=chance) as people:
        for _ in range(TIMES):
            people.wait(30)
            refused = people.told.statuses[503]
            with full(small.data):
                people.until(lambda before=refused: people.told.statuses[503] > before + 20, "20 answers of 503")
                people.until(lambda: not is_ready(serve.url), "/readyz says so")
                time.sleep(chance.uniform(0, 1))
            people.until(lambda: is_ready(serve.url), "ready again, by itself")
        people.wait(30)
    assert "" not in people.told.retry_after
    assert people.told.broken == 0
    assert serve.stop() == 0
    assert_exact(small, people.told)


@pytest.mark.timeout(60 + TIMES * 20)
def test_only_the_store_on_it(small: Byleave, tmp_path: Path, chance: random.Random) -> None:
    """Loads, checkpoints, rewrites and erasures fail; what is collected meanwhile waits in the spool."""
    (tmp_path / "spool").mkdir()
    (small.data / "spool").symlink_to(tmp_path / "spool")
    hurry(small)
    collect, dashboard = small.start("collect"), small.start("dashboard")
    with People(collect.url, chance=chance, withdraw=0) as people:
        for _ in range(TIMES):
            people.wait(30)
            with full(small.data):
                people.until(lambda: not is_ready(dashboard.url), "the owner says so")
                assert not erase_now(small)
                time.sleep(chance.uniform(0, 1))
            people.until(lambda: is_ready(dashboard.url), "ready again, by itself")
            people.until(lambda: erase_now(small), "an erasure succeeds again")
    assert collect.stop() == 0
    assert dashboard.stop() == 0
    assert_exact(small, people.told)


def test_at_the_start(small: Byleave) -> None:
    with full(small.data):
        assert refusal(small, "serve", "collect", "dashboard").count("Free space") == 3
    assert small.start("serve").stop() == 0
