"""Rows as JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from dashboard.export.request import Column

Row = Sequence[Any]


def json_rows(rows: Iterable[Row], columns: Sequence[Column]) -> list[bytes]:
    """Each row as one JSON object by the columns' names."""
    names = [column.name for column in columns]
    return [msgspec.json.encode(dict(zip(names, row, strict=True))) for row in rows]
