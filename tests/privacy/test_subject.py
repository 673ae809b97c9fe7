"""Who somebody is stays out of every report: only rights, retention, the proof and the k count read the subject."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.query.dimensions import NAMES as DIMENSIONS
from dashboard.query.metrics import NAMES as METRICS

ROOT = Path(__file__).parents[2]
STATEMENTS = sorted((ROOT / "dashboard").rglob("*.sql"))
MODULES = sorted((ROOT / "dashboard").rglob("*.py"))
# What a visit keeps of the subject, its mark, is handed on to be counted; nobody is looked up, told apart or listed
# by it.
OTHERWISE = re.compile(
    r"\bmark\b\s*(=|<|>|IN\b)|(=|<|>)\s*\w*\.?mark\b|USING \([^)]*\bmark\b|(ORDER|PARTITION) BY[^\n]*\bmark\b"
)
SUBJECT = re.compile(r"\bsubject\b")
WHY = {
    "loading, which stores it": "load_events fresh_visits",
    "rights": "erase_count erase_rows mark_erased mark_narrowed narrow_ad narrow_visitor rows_of_subject",
    "the proof": (
        "proof_begin proof_buried proof_consented proof_erased proof_lasting proof_of proof_subjects proof_unburied "
        "proof_unproved proof_withdrawn"
    ),
}


def told(sql: str) -> str:
    """A statement without its comments."""
    return re.sub(r"--.*", "", sql)


def texts(path: Path) -> Iterator[str]:
    """Every text of a module that is no docstring: SQL may be in any of them."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


@pytest.mark.parametrize("path", STATEMENTS, ids=[path.stem for path in STATEMENTS])
def test_no_statement_of_a_report_reads_it(path: Path) -> None:
    sql = told(path.read_text("utf-8"))
    assert not SUBJECT.search(sql)
    assert not OTHERWISE.search(sql)


def test_no_statement_that_is_made_of_texts_reads_it() -> None:
    found = [(path.name, text) for path in MODULES for text in texts(path)]
    assert any("count(DISTINCT" in text for _, text in found), "the search sees the SQL in the modules"
    assert [text for text in found if SUBJECT.search(text[1]) or OTHERWISE.search(text[1])] == []


def test_no_dimension_or_metric_is_made_of_it() -> None:
    assert not {"subject", "mark", "visit", "visitor", "consent"} & {*DIMENSIONS, *METRICS}


def test_whoever_else_reads_it_is_named_with_a_reason() -> None:
    """A new statement that reads the subject must be one of rights, retention or proof, and stand in WHY."""
    names = {
        path.stem
        for path in (ROOT / "collector" / "store" / "sql").glob("*.sql")
        if SUBJECT.search(told(path.read_text("utf-8")))
    }
    assert names == {name for statements in WHY.values() for name in statements.split()}
