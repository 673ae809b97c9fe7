"""SQLite's log, whole and not."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.segment_log import DAMAGED, FRAME, HEADER, TORN, trouble

PAGE = 4096
COMMITS = 20


@pytest.fixture(params=["never used before", "used again after a checkpoint"])
def log(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A log of a writer that died; where it was used again, frames of the round before lie behind its end."""
    path = tmp_path / "a.sqlite3"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE batch (lines BLOB)")
    if request.param.startswith("used again"):
        for _ in range(3 * COMMITS):
            database.execute("INSERT INTO batch VALUES (randomblob(9000))")
        database.execute("PRAGMA wal_checkpoint(FULL)")
    for _ in range(COMMITS):
        database.execute("INSERT INTO batch VALUES (randomblob(9000))")
    left = tmp_path / "left-wal"
    left.write_bytes(Path(f"{path}-wal").read_bytes())
    database.close()
    return left


def test_what_a_kill_leaves_is_whole(log: Path) -> None:
    assert trouble(log) is None
    assert trouble(log.with_name("none")) is None
    log.write_bytes(b"")
    assert trouble(log) is None


def test_a_commit_that_was_not_finished_is_no_trouble(log: Path) -> None:
    """Its frames without the last, which makes it a commit."""
    whole = log.read_bytes()
    frame = bytearray(whole[HEADER.size : HEADER.size + FRAME.size + PAGE])
    frame[4:8] = bytes(4)
    log.write_bytes(whole + frame)
    assert trouble(log) is None


@pytest.mark.parametrize(
    ("cut", "told"),
    [(lambda size: size - 1, TORN), (lambda size: HEADER.size + 5000, TORN), (lambda size: 20, TORN)],
    ids=["by a byte", "in the second frame", "in the header"],
)
def test_a_last_frame_that_is_not_whole(log: Path, cut: Callable[[int], int], told: str) -> None:
    whole = log.read_bytes()
    log.write_bytes(whole[: cut(len(whole))])
    assert trouble(log) == told


def test_any_flipped_bit_of_its_commits_is_damage(log: Path) -> None:
    whole, chance = log.read_bytes(), random.Random(7)
    # Two pages at least a commit.
    for at in [*range(HEADER.size), *(chance.randrange(COMMITS * 2 * (FRAME.size + PAGE)) for _ in range(100))]:
        flipped = bytearray(whole)
        flipped[at] ^= 1 << chance.randrange(8)
        log.write_bytes(flipped)
        assert trouble(log) == DAMAGED, at
