"""NDJSON as Parquet, by an engine of its own that reaches one folder and nothing else."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from dashboard.export.request import Column

_TYPES = {"text": "VARCHAR", "whole": "BIGINT", "number": "DOUBLE"}
_MEMORY = "256MB"
_LONGEST_ROW = 1024 * 1024  # bytes; it sizes the engine's buffers


def to_parquet(lines: Path, columns: Sequence[Column], target: Path) -> None:
    """Write the rows of the file `lines` into `target`, which lies beside it. Blocks; raises duckdb.Error, OSError.

    The event store's engine is not opened for this: it stays locked to its own files.
    """
    folder = lines.parent
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "threads": 1,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=config) as db:
        db.execute(f"SET allowed_directories = [{_text(str(folder))}]")
        db.execute("SET enable_external_access = false")
        db.execute("SET lock_configuration = true")
        kinds = ", ".join(f"{_text(column.name)}: '{_TYPES[column.kind]}'" for column in columns)
        # What COPY takes cannot be bound. Names are the closed table's but for `prop:<key>`, which is quoted.
        db.execute(
            f"COPY (FROM read_json({_text(str(lines))}, format = 'newline_delimited', columns = {{{kinds}}}, "
            f"maximum_object_size = {_LONGEST_ROW})) TO {_text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
