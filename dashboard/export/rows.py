"""Rows as CSV and as JSON."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dashboard.export.request import Column

# A spreadsheet takes a text that begins with one of these for a formula (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\0")

Row = Sequence[Any]


def csv_rows(rows: Iterable[Row]) -> bytes:
    """Rows as CSV (RFC 4180) in UTF-8; a text that could be a formula gets a leading apostrophe, NULL is empty."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def json_rows(rows: Iterable[Row], columns: Sequence[Column]) -> list[bytes]:
    """Each row as one JSON object by the columns' names."""
    names = [column.name for column in columns]
    return [msgspec.json.encode(dict(zip(names, row, strict=True))) for row in rows]


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
