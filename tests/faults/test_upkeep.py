"""Retention and backups under load and under kill -9: all or nothing, and nothing acknowledged is missing."""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2
import msgspec
import pytest

from collector.archive import ArchiveError, Reader
from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from tests.faults import expiring
from tests.faults.house import ROOT, compare, hurry, stored
from tests.faults.people import People, Told
from tests.processes import Byleave, byleave, stored_rows
from tests.visitors import AGENTS
from tests.wire import ORIGIN, random16, yes

ROUNDS = int(os.environ.get("HARD_KILLS", "4"))
STATE = (
    "SELECT (SELECT count(*) FROM event), (SELECT coalesce(sum(visits), 0)::INTEGER FROM total WHERE dimension = ''),"
    " (SELECT count(*) FROM visit)"
)
BEFORE = (expiring.EVENTS, 0, expiring.EVENTS // 4)
AFTER = (expiring.LEFT, (expiring.EVENTS - expiring.LEFT) // 4, expiring.LEFT // 4)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("expiring") / "data"
    asyncio.run(expiring.fill(data))
    assert stored_rows(data, STATE) == [BEFORE]
    return data


def test_retention_killed_at_any_moment_is_all_or_nothing(filled: Path, tmp_path: Path, chance: random.Random) -> None:
    seconds = cut_short(filled, tmp_path / "whole", None)
    ends: list[tuple[object, ...]] = []
    for number in range(ROUNDS):
        data = tmp_path / str(number)
        cut_short(filled, data, chance.uniform(0, seconds))
        asyncio.run(expiring_again(data, ends))
    print(f"{ends.count(BEFORE)} times nothing, {ends.count(AFTER)} times all, in {seconds:.2f} s each")


async def expiring_again(data: Path, ends: list[tuple[object, ...]]) -> None:
    """What the kill left is one or the other; the next run makes it whole."""
    store = await DuckStore.open(Place(data, memory="300MB", threads=1))
    async with store.snapshot() as snapshot:
        ends += await snapshot.fetch(STATE)
    await store.close()
    assert ends[-1] in (BEFORE, AFTER)
    await expiring.expire(data)
    assert await asyncio.to_thread(stored_rows, data, STATE) == [AFTER]


def cut_short(filled: Path, data: Path, seconds: float | None) -> float:
    """Let rows of a copy expire, killed so long after the beginning; returns how long it took."""
    shutil.copytree(filled, data)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.expiring", str(data)], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        began = time.monotonic()
        if seconds is not None:
            time.sleep(seconds)
            child.kill()
        child.stdout.readline()  # "done", or its end
        return time.monotonic() - began


def test_a_backup_under_load_restores_what_was_acknowledged(
    product: Byleave, tmp_path: Path, chance: random.Random
) -> None:
    hurry(product, collector__owner__GENERATION_AGE=600)
    serve = product.start("serve")
    with People(serve.url, chance=chance) as people:
        people.wait(200)
        people.until(lambda: people.told.withdrawn >= 3, "three people withdrew")
        before = people.told.kept.copy()
        early = say_yes(serve.url)
        time.sleep(1.1)  # what a backup knows for sure is what came before its second
        product.run("backup", str(tmp_path / "a.tar"))
        late = say_yes(serve.url)  # too late for the backup
        people.wait(100)
        withdrawn = people.told.withdrawn
        people.until(lambda: people.told.withdrawn > withdrawn, "one more withdrew")
    serve.stop()
    told = people.told
    with byleave(tmp_path / "elsewhere") as other:
        log = str(product.data / "erasures.ndjson")
        other.run("restore", str(tmp_path / "a.tar"), "--data", str(other.data), "--erasures", log)
        found = stored(other.data)
        assert not before - found, "acknowledged before the backup began, and not in it"
        assert not found - told.kept, "stored twice, or stored though it was withdrawn"
        assert list((other.data / "spool").glob("*.sqlite3")) == []
        proof = other.run("consent", "verify")
        print(proof)
        again = other.start("serve")  # and it goes on: exactly once, too
        with People(again.url, chance=chance, first=1_000_000) as later:
            later.wait(50)
        assert (sends(again.url, early), sends(again.url, late)) == (
            202,
            401,
        )  # whose yes is recorded, and whose is lost
        assert "Proved" in other.run("consent", "verify")
        again.stop()
        early_row = Counter({("/early", 0, "pageview"): 1})
        compare(other.data, Told(kept=found + later.told.kept + early_row, withdrawn=told.withdrawn))


HEADERS = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": AGENTS[0].text}


def say_yes(url: str) -> str:
    """A token of a visitor who does nothing else."""
    answer = httpx2.post(f"{url}/c/consent", json=yes(), headers=HEADERS)
    return str(answer.json()["token"])


def sends(url: str, token: str) -> int:
    """How one pageview under a token is answered."""
    event = {"k": "pageview", "p": "/early", "r": "", "a": 0}
    body = {"t": token, "v": random16(), "n": random16(), "i": 0, "e": [event]}
    return httpx2.post(f"{url}/c/events", content=msgspec.json.encode(body), headers=HEADERS).status_code


def test_a_backup_killed_at_any_moment_leaves_nothing_like_one(
    product: Byleave, tmp_path: Path, chance: random.Random
) -> None:
    serve = product.start("serve")
    with People(serve.url, chance=chance) as people:
        people.wait(100)
    began = time.monotonic()
    product.run("backup", str(tmp_path / "whole.tar"))
    seconds = time.monotonic() - began
    target = tmp_path / "a.tar"
    for _ in range(max(2, ROUNDS // 10)):
        target.unlink(missing_ok=True)
        asking = subprocess.Popen(
            [*product.command, "backup", str(target)], env=product.environment, stderr=subprocess.PIPE
        )
        time.sleep(chance.uniform(seconds / 3, seconds * 1.1))
        serve.kill()
        said = asking.communicate(timeout=30)[1].decode()
        assert target.exists() == is_whole(target)
        assert target.exists() or (asking.returncode == 1 and said.startswith("Error: "))
        serve = product.start("serve")
    target.unlink(missing_ok=True)
    product.run("backup", str(target))
    assert is_whole(target)
    assert list(tmp_path.glob(".*.part")) == []
    assert len(list((product.data / "events").glob("*.duckdb"))) == 1
    assert list((product.data / "tmp" / "backup").glob("*")) == []


def is_whole(path: Path) -> bool:
    try:
        Reader(path).close()
    except (ArchiveError, FileNotFoundError):
        return False
    return True
