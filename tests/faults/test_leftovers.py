"""What crashes leave lying about: logs of other generations, other generations, half-written files of every kind."""

import asyncio
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from collector.store.generation import new_name
from tests.faults.house import Killed, compare, contents, load_all
from tests.processes import Byleave

Copied = Callable[[], Path]
MARK = b"left over by a crash"


def litter(data: Path) -> None:
    """Half-written files wherever something is written in steps."""
    current = (data / "events" / "CURRENT").read_text().strip()
    stray, other = secrets.token_hex(16), new_name()
    (data / "events" / "CURRENT.new").write_bytes(current[:9].encode())
    shutil.copy(data / "events" / f"{current}.duckdb", data / "events" / f"{other}.duckdb")
    for name in (f"{other}.duckdb.wal", "20200101T000000Z-00000000.duckdb.wal"):
        (data / "events" / name).write_bytes(MARK)
    for name in ("load/0.ndjson", "duckdb/duckdb_temp_storage-0.tmp", "export/rows.csv"):
        (data / "tmp" / name).parent.mkdir(parents=True, exist_ok=True)
        (data / "tmp" / name).write_bytes(MARK)
    for suffix in (".lock", ".sqlite3-wal", ".sqlite3-shm", ".close"):
        (data / "spool" / f"{stray}{suffix}").write_bytes(MARK)


def test_they_are_swept_and_nothing_else_is(copied: Copied, killed: Killed, product: Byleave) -> None:
    data = copied()
    product.environment["BYLEAVE_DATA"] = str(data)
    litter(data)
    assert product.start("serve").stop() == 0
    assert [name for name, held in contents(data).items() if MARK in held] == []
    asyncio.run(load_all(data))
    compare(data, killed.told)


def test_the_generation_before_and_its_log_are_not_looked_at(copied: Copied, killed: Killed) -> None:
    """Killed between the swap and the removal of the old files: their rows must not come twice, nor the erased back."""
    data = copied()
    old = [(path, path.read_bytes()) for path in data.glob("events/*.duckdb*")]
    assert {path.suffix for path, _ in old} == {".duckdb", ".wal"}
    asyncio.run(load_all(data))
    for path, held in old:
        path.write_bytes(held)
    asyncio.run(load_all(data, erase=False))
    compare(data, killed.told)
    assert not [path for path, _ in old if path.exists()]
