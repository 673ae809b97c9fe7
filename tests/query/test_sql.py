"""Rules that every statement keeps."""

import re
from pathlib import Path

import pytest

from dashboard.query.statement import fill, read_sql, used

DASHBOARD = Path(__file__).parents[2] / "dashboard"
FILES = sorted(DASHBOARD.glob("**/sql/*.sql"))


def statements(path: Path) -> str:
    return re.sub(r"--.*", "", path.read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_statement_takes_all_columns_of_the_events(path: Path) -> None:
    assert not re.search(r"\be\.\*|SELECT \*\s+FROM event\b", statements(path))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_whoever_reads_events_reads_one_site(path: Path) -> None:
    text = statements(path)
    assert len(re.findall(r"\bFROM (?:event|erased)\b", text)) <= len(re.findall(r"\bsite = \$site\b", text))


def test_slots_are_filled_and_spare_parameters_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT {what} WHERE x = $x\n", "utf-8")
    sql = fill(read_sql(tmp_path)["a"], {"what": "1"})
    assert sql == "SELECT 1 WHERE x = $x"
    assert used(sql, {"x": 2, "y": 3}) == {"x": 2}
    with pytest.raises(KeyError):
        fill("{nothing}", {})
