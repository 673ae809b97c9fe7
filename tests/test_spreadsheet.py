"""No cell of a CSV is a formula, and every one reads back as it was but for its apostrophe."""

import csv
import io
from typing import Any

import pytest

from collector.spreadsheet import csv_rows

CELLS: list[tuple[Any, str]] = [
    ("=1+1", "'=1+1"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ('=HYPERLINK("https://evil.example","x")', '\'=HYPERLINK("https://evil.example","x")'),
    ("+49", "'+49"),
    ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"),
    ("\r=1", "'\r=1"),
    ("\n=1", "'\n=1"),
    ("\0=1", "'\0=1"),
    ("/=1", "/=1"),
    ('a",=1', 'a",=1'),
    ("a\r\n=1", "a\r\n=1"),
    (-1.5, "-1.5"),
    (None, ""),
]


@pytest.mark.parametrize(("cell", "reads"), CELLS, ids=[repr(cell) for cell, _ in CELLS])
def test_a_text_that_could_be_a_formula_is_none(cell: Any, reads: str) -> None:
    sent = csv_rows([["before", cell, "after"]]).decode()
    assert list(csv.reader(io.StringIO(sent, newline=""))) == [["before", reads, "after"]]
