"""The file of an export is let go, however its reader ends, and its engine reaches nothing else."""

import asyncio
from pathlib import Path

import duckdb
import pytest

from dashboard.export.file import chunks
from dashboard.export.parquet import to_parquet
from dashboard.export.request import Column


async def test_a_reader_that_leaves_closes_the_file(tmp_path: Path) -> None:
    file = await asyncio.to_thread((tmp_path / "export").open, "w+b")
    await asyncio.to_thread(file.write, b"x" * 1_000_000)
    await asyncio.to_thread(file.seek, 0)
    reader = chunks(file)
    assert len(await anext(reader)) < 1_000_000
    await reader.aclose()
    assert file.closed


def test_parquet_is_made_within_its_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = tmp_path / "in" / "rows.ndjson"
    lines.write_bytes(b'{"page":"/","visits":3,"bounce_rate":null}\n')
    columns = [Column("page", "text"), Column("visits", "whole"), Column("bounce_rate", "number")]
    to_parquet(lines, columns, tmp_path / "in" / "rows.parquet")
    found = duckdb.execute("DESCRIBE FROM read_parquet($1)", [str(tmp_path / "in" / "rows.parquet")]).fetchall()
    assert [row[:2] for row in found] == [("page", "VARCHAR"), ("visits", "BIGINT"), ("bounce_rate", "DOUBLE")]
    with pytest.raises(duckdb.PermissionException):
        to_parquet(lines, columns, tmp_path / "elsewhere.parquet")
