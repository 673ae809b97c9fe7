"""Rows as CSV that a spreadsheet takes for what they are."""

import csv
import io
from collections.abc import Iterable
from typing import Any

# A spreadsheet takes a text that begins with one of these for a formula (CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def csv_rows(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as CSV (RFC 4180) in UTF-8; a text that could be a formula gets a leading apostrophe, NULL is empty."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
