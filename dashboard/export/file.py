"""An export as a file: written whole at the engine's speed, sent at the reader's.

A slow reader must not hold a snapshot: the file that the nightly rewrite leaves behind waits for every one.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import BinaryIO

from collector.spreadsheet import csv_rows
from collector.store.interface import Store
from dashboard.export.parquet import to_parquet
from dashboard.export.request import Export
from dashboard.export.rows import Row, json_rows
from dashboard.query.run import query_pages
from dashboard.query.site import SiteFacts

_CHUNK = 256 * 1024


async def export_file(export: Export, store: Store, site: SiteFacts, folder: Path) -> BinaryIO:
    """The rows of a query in a file without a name, at its beginning; close it. Raises BadQuery, OSError, duckdb.Error.

    `folder`: where it may lie; made if need be.
    """
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    if export.format == "parquet":
        return await _parquet(export, store, site, folder)
    file = await asyncio.to_thread(_nameless, folder)
    try:
        await _write(export, store, site, file)
        await asyncio.to_thread(file.seek, 0)
    except BaseException:
        file.close()
        raise
    return file


async def chunks(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    """The bytes of a file; closes it at the end, or when nobody wants more."""
    try:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
    finally:
        file.close()


async def _parquet(export: Export, store: Store, site: SiteFacts, folder: Path) -> BinaryIO:
    beside = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=folder)
    try:
        lines, target = Path(beside.name) / "rows.ndjson", Path(beside.name) / "rows.parquet"
        file = await asyncio.to_thread(lines.open, "wb")
        try:
            await _write(export, store, site, file)
        finally:
            file.close()
        await asyncio.to_thread(to_parquet, lines, export.columns, target)
        return await asyncio.to_thread(target.open, "rb")
    finally:
        await asyncio.to_thread(beside.cleanup)


async def _write(export: Export, store: Store, site: SiteFacts, file: BinaryIO) -> None:
    first = True
    if export.format == "csv":
        await asyncio.to_thread(file.write, csv_rows([[column.name for column in export.columns]]))
    async for page in query_pages(export.query, store, site):
        rows = [[*row["dims"], *row["metrics"], *row.get("compare", ())] for row in page]
        await asyncio.to_thread(_write_rows, export, rows, first, file)
        first = first and not rows
    if export.format == "json":
        await asyncio.to_thread(file.write, b"[]\n" if first else b"\n]\n")


def _write_rows(export: Export, rows: Sequence[Row], first: bool, file: BinaryIO) -> None:
    if export.format == "csv":
        file.write(csv_rows(rows))
        return
    between = b",\n" if export.format == "json" else b"\n"
    before = between if not first else b"[\n" if export.format == "json" else b""
    if rows:
        file.write(before + between.join(json_rows(rows, export.columns)))


def _nameless(folder: Path) -> BinaryIO:
    return tempfile.TemporaryFile(dir=folder)
