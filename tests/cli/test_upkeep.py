"""byleave retention, backup, restore and doctor: what they print, and their exit codes."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from collector.cli import main
from collector.cli.options import with_state
from collector.control import ControlError
from collector.retention import NAME
from collector.settings import Settings
from collector.state import tables
from collector.state.database import State
from tests.cli.conftest import SITE, Here


def test_there_and_back_in_words_and_in_json(here: Here, tmp_path: Path) -> None:
    here(*SITE)
    here("token", "create", "example.com")  # makes nothing that a backup needs, but the state of a used house
    assert "No row is expired." in here("retention", "run")
    assert json.loads(here("retention", "run", "--json")) == {"rows": {}}
    said = here("backup", str(tmp_path / "a.tar"))
    assert f"{tmp_path / 'a.tar'}: " in said and "erasures.ndjson every day" in said
    made = json.loads(here("backup", str(tmp_path / "b.tar"), "--json"))
    assert made["path"] == str(tmp_path / "b.tar")
    assert made["bytes"] == (tmp_path / "b.tar").stat().st_size
    assert "exists already" in here("backup", str(tmp_path / "a.tar"), code=1)
    to = ("--data", str(tmp_path / "other"))
    assert "--accept-missing-erasures only if" in here("restore", str(tmp_path / "a.tar"), *to, code=1)
    said = here("restore", str(tmp_path / "a.tar"), *to, "--accept-missing-erasures")
    assert "Restored the backup of" in said and "stored again, and their yes counts again" in said
    listed = json.loads(here("site", "list", "--json", *to))
    assert [site["name"] for site in listed] == ["example.com"]
    assert "is not empty" in here("restore", str(tmp_path / "a.tar"), *to, "--accept-missing-erasures", code=1)
    done = json.loads(
        here("restore", str(tmp_path / "a.tar"), "--data", str(tmp_path / "c"), "--accept-missing-erasures", "--json")
    )
    assert (done["erased"], done["expired"]) == (0, 0)


def test_a_restore_needs_a_folder_and_a_file(here: Here, tmp_path: Path) -> None:
    (tmp_path / "not.tar").write_text("no tar")
    assert "Missing option '--data'" in here("restore", str(tmp_path / "not.tar"), code=2)
    assert "does not exist" in here("restore", str(tmp_path / "nowhere.tar"), "--data", "x", code=2)
    asked = ("--data", str(tmp_path / "other"), "--accept-missing-erasures")
    assert "no whole backup" in here("restore", str(tmp_path / "not.tar"), *asked, code=1)


OF_DATA = [
    ("backup", "a.tar"),
    ("retention", "run"),
    ("consent", "verify"),
    ("consent", "head"),
    ("consent", "export"),
    ("erase", "--now", "--yes"),
    ("doctor",),
    ("schema",),
    ("keys", "list"),
    ("keys", "rotate"),
    ("site", "list"),
    ("site", "show", "example.com"),
    ("site", "set", "example.com", "--timezone", "UTC"),
    ("site", "remove", "example.com", "--yes"),
    ("notice", "publish", "example.com", "--k", "3"),
    ("notice", "list", "example.com"),
    ("notice", "show", "example.com"),
    ("user", "list"),
    ("user", "remove", "owner@example.com", "--yes"),
    ("user", "password", "owner@example.com", "--password-stdin"),
    ("token", "create", "example.com"),
    ("token", "list"),
    ("token", "revoke", "00000000"),
]
"""Every command but those that may be somebody's first one, or make a folder by design."""


@pytest.mark.parametrize("command", OF_DATA, ids=" ".join)
def test_a_wrong_folder_is_no_empty_house(here: Here, tmp_path: Path, command: tuple[str, ...]) -> None:
    wrong = str(tmp_path / "wrong")
    said = here(*command, "--data", wrong, code=3 if command == ("doctor",) else 1)
    assert "holds no data of Byleave" in said
    assert not (tmp_path / "wrong").exists()


def test_doctor_looks_at_all_else_whatever_cannot_be_looked_at(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_: object) -> None:
        raise ControlError("The owner of the store is busy or stopping; try again.")

    here(*SITE)
    monkeypatch.setattr("collector.cli.checks.described", busy)
    (tmp_path / "data" / "state.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(9_000))
    said = here("doctor", code=3)
    assert "✗ data directory: The state database is damaged" in said
    assert "✗ event store: The owner of the store is busy" in said
    assert "✓ keys" in said


@pytest.mark.parametrize(("days", "red"), [(0, False), (1.9, False), (2.1, True), (30, True)])
def test_doctor_is_red_when_nobody_looked_for_expired_rows(here: Here, tmp_path: Path, days: float, red: bool) -> None:
    here(*SITE)

    async def ran(state: State) -> None:
        async with state.write() as connection:
            await connection.execute(insert(tables.upkeep).values(name=NAME, done_at=int(time.time() - days * 86_400)))

    with_state(Settings(data=str(tmp_path / "data")), ran)
    done = CliRunner(env={"BYLEAVE_DATA": str(tmp_path / "data")}).invoke(main, ["doctor", "--json"])
    (found,) = [finding for finding in json.loads(done.stdout) if finding["what"] == "retention"]
    assert found["ok"] is not red
    assert ("byleave retention run" in found["problem"]) is red
