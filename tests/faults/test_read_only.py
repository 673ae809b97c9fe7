"""A data directory that cannot be written: refused at the start; while running, 503 until it can be written again."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.faults.house import assert_exact, hurry, in_soak, is_root, refusal
from tests.faults.people import People
from tests.faults.test_full_disk import is_ready
from tests.processes import Byleave, free_port

pytestmark = pytest.mark.skipif(not is_root(), reason="making a folder read-only for root itself needs root")


def test_at_the_start(product: Byleave) -> None:
    """A read-only mount, as after an error of the disk."""
    subprocess.run(["mount", "--bind", str(product.data), str(product.data)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(product.data)], check=True)
        said = refusal(product, "serve", "collect", "dashboard")
        assert said.count(f"Cannot write the data directory {product.data}: Read-only file system.") == 3
    finally:
        subprocess.run(["umount", str(product.data)], check=True)


@contextmanager
def immutable(folder: Path, *, spared: str = "") -> Iterator[None]:
    """Not a file below can be written, made or removed, not even one that is open already; `spared` is a name's end.

    A mount cannot be turned read-only under a process that writes, so this takes the attribute of ext4 (chattr(1)).
    """
    change = partial(_change, folder, spared)
    change("+i")
    try:
        if not _is_immutable(folder):
            pytest.skip("this file system knows no immutable files")
        yield
    finally:
        change("-i")


def test_while_running(product: Byleave, chance: random.Random) -> None:
    hurry(product)
    serve = product.start("serve")
    with People(serve.url, chance=chance) as people:
        people.wait(30)
        # Without what SQLite shares in memory: the kernel ends who writes there (the test below).
        with immutable(product.data, spared="-shm"):
            people.until(lambda: people.told.statuses[503] > 20, "20 answers of 503")
            people.until(lambda: not is_ready(serve.url), "/readyz says so")
            time.sleep(chance.uniform(0, 1))
        people.until(lambda: is_ready(serve.url), "ready again, by itself")
        people.wait(30)
    assert "" not in people.told.retry_after
    assert people.told.broken == 0
    assert serve.stop() == 0
    assert_exact(product, people.told)


@in_soak
def test_the_kernel_ends_the_process(product: Byleave, chance: random.Random) -> None:
    """Memory mapped from a file that cannot be written any more: SIGBUS, as kill -9 at a moment that nobody chose."""
    hurry(product)
    port = free_port()
    serve = product.start("serve", port=port)
    with People(serve.url, chance=chance) as people:
        people.wait(30)
        with immutable(product.data):
            people.until(lambda: serve.child.poll() is not None, "the process ended")
            assert serve.child.returncode == -signal.SIGBUS
            assert "Cannot write the data directory" in refusal(product, "serve")
        serve = product.start("serve", port=port)
        people.wait(30)
    assert serve.stop() == 0
    assert_exact(product, people.told)


def _change(folder: Path, spared: str, to: str) -> None:
    paths = [folder, *folder.rglob("*")]
    chosen = [str(path) for path in paths if not path.is_socket() and not (spared and path.name.endswith(spared))]
    # Some go while they are listed: the processes work on.
    subprocess.run(["chattr", "-f", to, *chosen], check=False, capture_output=True)


def _is_immutable(folder: Path) -> bool:
    try:
        with (folder / "keys.json").open("ab"):
            return False
    except OSError:
        return True
