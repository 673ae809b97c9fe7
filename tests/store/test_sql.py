"""No statement of the store goes beyond what a lake takes: then the same tables can live there."""

import re
from pathlib import Path

import pytest

STORE = Path(__file__).parents[2] / "collector" / "store"
FILES = sorted([*STORE.glob("migrations/*.sql"), *STORE.glob("sql/*.sql")])

NO_STATEMENT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
BEYOND = re.compile(
    r"\b(PRIMARY KEY|FOREIGN KEY|REFERENCES|UNIQUE|CHECK|ENUM|CREATE TYPE|(?:CREATE|DROP) (?:UNIQUE )?INDEX|SEQUENCE"
    r"|GENERATED ALWAYS|ON CONFLICT|INSERT OR|RETURNING|BIT)\b|\w\[\d+\]\s+(?:NOT NULL|,)",
    re.IGNORECASE,
)


def beyond(text: str) -> list[str]:
    """The words of a statement that a lake does not take; comments and texts aside."""
    plain = re.sub(r"\s+", " ", NO_STATEMENT.sub(" ", text))
    return [found.group() for found in BEYOND.finditer(plain)]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_no_statement_goes_beyond_a_lake(path: Path) -> None:
    assert beyond(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE a (b INTEGER PRIMARY KEY)",
        "CREATE TABLE a (b INTEGER, primary\n    key (b))",
        "CREATE TABLE a (b VARCHAR UNIQUE)",
        "CREATE TABLE a (b INTEGER CHECK (b > 0))",
        "CREATE TABLE a (b ENUM ('c', 'd'))",
        "CREATE TABLE a (b INTEGER[3] NOT NULL)",
        "CREATE INDEX a ON b (c)",
        "CREATE SEQUENCE a",
        "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING",
        "INSERT OR IGNORE INTO a VALUES (1)",
        "DELETE FROM a RETURNING b",
    ],
)
def test_what_goes_beyond_is_found(text: str) -> None:
    assert beyond(text)


def test_comments_and_texts_may_say_anything() -> None:
    assert beyond("COMMENT ON COLUMN a.b IS 'Its unique index''s check'; -- no primary key") == []
