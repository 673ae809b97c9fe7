"""The export: checked by the program of docs/proof.md alone, in a process that has nothing of ours."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster
from click.testing import CliRunner

from collector.cli import main
from tests.privacy import honest
from tests.wire import SITE

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Honest data, and the program as it stands on the page."""
    folder = tmp_path_factory.mktemp("export")
    asyncio.run(honest.make(folder / "data"))
    (folder / "check.py").write_text(PAGE.read_text("utf-8").partition("```python\n")[2].partition("```")[0])
    return folder


@pytest.fixture
def byleave(made: Path, blockbuster: BlockBuster) -> Callable[..., str]:
    """A command on that data; its standard output."""
    blockbuster.deactivate()

    def run(*arguments: str) -> str:
        done = CliRunner(env={"BYLEAVE_DATA": str(made / "data")}).invoke(main, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def checked(made: Path, lines: list[Any], *deposited: str) -> str:
    """What the program says of an export: its output, or the sentence it fails with."""
    (made / "export.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for number, text in enumerate(deposited):
        (made / f"{number}.jwt").write_text(text)
    files = ["export.ndjson", *(f"{number}.jwt" for number in range(len(deposited)))]
    command = [sys.executable, "-I", "check.py", *files]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else done.stderr.splitlines()[-1]


def test_a_third_party_can_check_it_alone(made: Path, byleave: Callable[..., str]) -> None:
    head = byleave("consent", "head")
    lines = [json.loads(line) for line in byleave("consent", "export").splitlines()]
    said = checked(made, lines, head)
    records = [line["record"] for line in lines if "record" in line]
    assert said.startswith(f"{len(records)} records read of {len(records)}, one chain, 3 notices, 1 deposited")
    assert [next(iter(line)) for line in lines][:2] == ["export", "keys"]
    assert not any("d" in key for key in lines[1]["keys"])


def test_of_other_sites_and_days_only_hashes_are_told(made: Path, byleave: Callable[..., str]) -> None:
    whole = [json.loads(line) for line in byleave("consent", "export").splitlines()]
    for chosen in ((honest.OTHER,), (SITE, "--to", "2020-01-01"), ("--from", "2020-01-01")):
        lines = [json.loads(line) for line in byleave("consent", "export", *chosen).splitlines()]
        records = [line["record"] for line in lines if "record" in line]
        assert [one["hash"] for one in records] == [line["record"]["hash"] for line in whole if "record" in line]
        bodies = [json.loads(one["body"]) for one in records if one["body"]]
        assert len(bodies) == (1 if honest.OTHER in chosen else 0 if "--to" in chosen else len(records))
        assert {one["without"] for one in records if not one["body"]} <= {"not asked for"}
        assert f"{len(bodies)} records read of {len(records)}" in checked(made, lines)


@pytest.fixture
def elsewhere(made: Path, tmp_path: Path, blockbuster: BlockBuster) -> Callable[..., str]:
    """A command on a copy of that data."""
    blockbuster.deactivate()
    shutil.copytree(made / "data", tmp_path / "data")

    def run(*arguments: str) -> str:
        done = CliRunner(env={"BYLEAVE_DATA": str(tmp_path / "data")}).invoke(main, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_what_a_removed_site_recorded_can_still_be_exported(made: Path, elsewhere: Callable[..., str]) -> None:
    elsewhere("site", "remove", honest.OTHER, "--yes")
    lines = [json.loads(line) for line in elsewhere("consent", "export", honest.OTHER).splitlines()]
    bodies = [json.loads(line["record"]["body"]) for line in records(lines) if line["record"]["body"]]
    assert [body["kind"] for body in bodies] == ["given", "withdrawn"]
    assert "2 records read of" in checked(made, lines)
    assert json.loads(elsewhere("consent", "verify", honest.OTHER, "--json"))["rows"] == 0


def test_a_head_holds_after_the_key_that_signed_it_was_replaced(made: Path, elsewhere: Callable[..., str]) -> None:
    before = elsewhere("consent", "head")
    elsewhere("keys", "rotate")
    after = elsewhere("consent", "head")
    assert before.split(".")[0] != after.split(".")[0]
    lines = [json.loads(line) for line in elsewhere("consent", "export").splitlines()]
    assert "2 deposited heads hold" in checked(made, lines, before, after)
    proof = json.loads(elsewhere("consent", "verify", "--json", "--head", before, "--head", after))
    assert proof["ok"]


def records(lines: list[Any]) -> list[Any]:
    return [line for line in lines if "record" in line]


def altered(lines: list[Any]) -> None:
    record = records(lines)[1]["record"]
    record["body"] = record["body"].replace('"en"', '"de"')


def removed(lines: list[Any]) -> None:
    lines.remove(records(lines)[1])


def cut(lines: list[Any]) -> None:
    lines.remove(records(lines)[-1])


def moved(lines: list[Any]) -> None:
    first, second = records(lines)[1]["record"], records(lines)[2]["record"]
    first["sequence"], second["sequence"] = second["sequence"], first["sequence"]


def hidden(lines: list[Any]) -> None:
    records(lines)[1]["record"] |= {"body": None, "hash": "0" * 64}


def rewritten(lines: list[Any]) -> None:
    notice = next(line["notice"] for line in lines if "notice" in line)
    notice["body"] = notice["body"].replace("Example Ltd", "Nobody Ltd")


CHANGES = [
    (altered, "a record was altered"), (removed, "the head is not of these records"),
    (cut, "the head is not of these records"), (moved, "records are not in order"),
    (hidden, "the head is not of these records"), (rewritten, "a notice was altered"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_whatever_was_changed_shows(
    made: Path, byleave: Callable[..., str], change: Callable[[list[Any]], None], says: str
) -> None:
    lines = [json.loads(line) for line in byleave("consent", "export").splitlines()]
    change(lines)
    assert says in checked(made, lines)
