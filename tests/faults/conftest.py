"""What the fault tests share: chance with a seed that is told, and Byleave with one site."""

import os
import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.test_load import SITE
from tests.faults.house import Killed, hurry
from tests.faults.people import People
from tests.processes import Byleave, byleave


@pytest.fixture
def blockbuster() -> None:
    """Nothing: these tests wait for other processes, and their event loops only send."""


@pytest.fixture
def chance() -> random.Random:
    """FAULT_SEED=<seed> gives the same choices again; the moments at which they fall are the machine's."""
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(2**32)))
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one site, to be copied: it spares each test a second."""
    with byleave(tmp_path_factory.mktemp("founded")) as found:
        found.run(*SITE)
        return found.data


@pytest.fixture
def product(tmp_path: Path, founded: Path) -> Iterator[Byleave]:
    with byleave(tmp_path, rate_limit="off", duckdb_memory="500MB") as found:
        shutil.copytree(founded, found.data)
        yield found


@pytest.fixture(scope="session")
def killed(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Killed:
    """A data directory as kill -9 leaves it, to be copied and damaged, and what was acknowledged there.

    The store's log holds many commits, erasures among them; the spool holds all of it and more, in closed segments and
    in one that was being written.
    """
    with byleave(tmp_path_factory.mktemp("killed"), rate_limit="off") as found:
        shutil.copytree(founded, found.data)
        hurry(found, collector__owner__CHECKPOINT_SECONDS=600, collector__owner__GENERATION_AGE=600)
        collect, dashboard = found.start("collect"), found.start("dashboard")
        with People(collect.url, chance=random.Random(1)) as people:
            people.until(lambda: people.told.withdrawn >= 5, "five people withdrew")
            people.wait(200)
            dashboard.kill()
            segments = set((found.data / "spool").glob("*.sqlite3"))
            people.until(lambda: len({*(found.data / "spool").glob("*.sqlite3")} - segments) > 1, "two more segments")
            people.wait(30)
        collect.kill()
        return Killed(found.data, people.told)


@pytest.fixture
def copied(killed: Killed, tmp_path: Path) -> Callable[[], Path]:
    """Makes a fresh copy of `killed`'s data directory."""

    def copy() -> Path:
        return shutil.copytree(killed.data, tmp_path / secrets.token_hex(4), ignore=lambda *_: ["control.sock"])

    return copy
