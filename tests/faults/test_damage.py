"""Truncated files and flipped bits: nothing acknowledged is lost, or it is said in a clear sentence what was.

DAMAGES sets how often each kind of damage is done, at random places; the default is twice.
"""

import asyncio
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from collector.consent.erasure_log import FILE, ErasureLog
from collector.state.database import State
from tests.faults.house import Killed, compare, load_all, refusal, stored
from tests.processes import Byleave

DAMAGES = int(os.environ.get("DAMAGES", "2"))
Damage = Callable[[Path, random.Random], None]
Copied = Callable[[], Path]

pytestmark = pytest.mark.timeout(60 + DAMAGES * 20)


def truncated(path: Path, chance: random.Random) -> None:
    # An odd length falls between no two frames of a log, where a cut could not be told from an end.
    os.truncate(path, chance.randrange(path.stat().st_size) | 1)


def flipped(path: Path, chance: random.Random) -> None:
    whole = bytearray(path.read_bytes())
    whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    path.write_bytes(whole)


def gone(path: Path, _chance: random.Random) -> None:
    path.unlink()


DAMAGE = pytest.mark.parametrize("damage", [truncated, flipped])


@pytest.mark.parametrize("damage", [truncated, flipped, gone])
def test_log_of_the_store(copied: Copied, killed: Killed, damage: Damage, chance: random.Random) -> None:
    """Whatever commits are left of it, erasures among them: the spool has the rows, the state has the erasures."""
    for _ in range(DAMAGES):
        data = copied()
        (log,) = data.glob("events/*.wal")
        damage(log, chance)
        asyncio.run(load_all(data, erase=False))
        compare(data, killed.told)
        assert list(data.glob("events/*.damaged")) == []


@DAMAGE
@pytest.mark.parametrize("kind", ["open", "closed"])
def test_segment(
    copied: Copied, killed: Killed, damage: Damage, kind: str, chance: random.Random,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Rows that only a damaged segment held may be lost; then that is said, and nothing else is touched."""
    lost = 0
    for _ in range(DAMAGES):
        data = copied()
        segment = chance.choice(segments(data, kind))
        held = rows_of(segment)
        damage(segment.with_name(f"{segment.name}-wal") if kind == "open" else segment, chance)
        capfd.readouterr()
        asyncio.run(load_all(data, erase=False))
        said = "".join(capfd.readouterr())
        found = stored(data)
        missing = killed.told.kept - found
        # A flip within a text that stays a text is a row like any other: SQLite has no checksums over its pages.
        altered = found - killed.told.kept
        assert altered.total() <= (1 if damage is flipped and kind == "closed" else 0)
        if missing.total() > altered.total():
            assert missing.total() - altered.total() <= held
            assert f"segment={segment.stem}" in said
            assert any(event in said for event in ("segment_log_ends_early", "segment_damaged", "batch_refused"))
            lost += 1
    print(f"{DAMAGES} times, {lost} with rows lost, each told")


def segments(data: Path, kind: str) -> list[Path]:
    """Segments whose rows lie in their log still, as a killed collector leaves them, or in the database alone."""
    found = sorted((data / "spool").glob("*.sqlite3"))
    return [path for path in found if path.with_name(f"{path.name}-wal").exists() == (kind == "open")]


def rows_of(segment: Path) -> int:
    """How many rows of the store a segment holds."""
    database = sqlite3.connect(f"file:{segment}?mode=ro", uri=True)
    lines = [line for (line,) in database.execute("SELECT lines FROM batch")]
    database.close()
    return sum(line.count(b"\n") for line in lines)


@DAMAGE
def test_file_of_the_store(
    copied: Copied, killed: Killed, product: Byleave, damage: Damage, chance: random.Random
) -> None:
    """What is checkpointed is in this file alone: it is whole, or refused. DuckDB has checksums over its blocks."""
    data = copied()
    asyncio.run(load_all(data))
    (file,) = data.glob("events/*.duckdb")
    whole = file.read_bytes()
    product.environment["BYLEAVE_DATA"] = str(data)
    refused = 0
    for number in range(DAMAGES * 3 + 30):
        if refused and number >= DAMAGES * 3:
            break  # by chance the first ones may all fall into bytes that nobody uses
        damage(file, chance)
        if failing(data):
            refused += 1
            if refused == 1:
                assert "restore" in refusal(product, "dashboard").lower()
        else:
            compare(data, killed.told)  # the flip fell into bytes that no row uses
        for path in data.glob("events/*.duckdb*"):
            path.unlink()
        file.write_bytes(whole)
        (data / "events" / "CURRENT").write_text(f"{file.stem}\n")
    assert refused > 0
    asyncio.run(load_all(data))
    compare(data, killed.told)


def failing(data: Path) -> bool:
    """Whether an owner cannot start there."""
    try:
        asyncio.run(load_all(data, erase=False))
    except Exception:
        return True
    return False


@pytest.mark.parametrize(
    ("file", "damage", "says"),
    [
        (
            "state.sqlite3",
            lambda path: os.truncate(path, 70_000),
            "byleave restore, and give it the erasures.ndjson of today",
        ),
        ("keys.json", lambda path: os.truncate(path, 100), "Restore it from a backup"),
        ("events/CURRENT", lambda path: os.truncate(path, 9), "Write the name of the right one into it (2"),
    ],
    ids=["state cut", "keys cut", "pointer cut"],
)
def test_what_cannot_be_mended_is_refused(
    copied: Copied, product: Byleave, file: str, damage: Callable[[Path], object], says: str
) -> None:
    data = copied()
    product.environment["BYLEAVE_DATA"] = str(data)
    damage(data / file)
    assert says in refusal(product, "serve")


@pytest.mark.parametrize("damage", [truncated, flipped, gone])
def test_erasure_log(copied: Copied, damage: Damage, chance: random.Random) -> None:
    """Each withdrawal is in it again after the next start of a collector."""
    data = copied()
    before = subjects(data / FILE)
    assert len(before) >= 5
    for _ in range(DAMAGES):
        damage(data / FILE, chance)
        asyncio.run(catch_up(data))
        assert subjects(data / FILE) >= before


async def catch_up(data: Path) -> None:
    state = await asyncio.to_thread(State.open, data)
    await ErasureLog(data).catch_up(state)
    await state.close()


def subjects(log: Path) -> set[str]:
    """What can be read of an erasure log."""
    found = set()
    for line in log.read_bytes().splitlines():
        try:
            found.add(msgspec.json.decode(line)["subject"])
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            continue
    return found
