"""Commands in this process, which spares a start each."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from click.testing import CliRunner

from collector.cli import main

SITE = ("site", "add", "example.com", "--controller", "Example Ltd", "--contact", "privacy@example.com")
Here = Callable[..., str]


@pytest.fixture
def here(tmp_path: Path, blockbuster: BlockBuster) -> Here:
    """Runs a command; its standard output, and standard error too where it is to fail."""
    blockbuster.deactivate()

    def run(*arguments: str, code: int = 0, text: str = "") -> str:
        done = CliRunner(env={"BYLEAVE_DATA": str(tmp_path / "data")}).invoke(main, arguments, input=text)
        assert done.exit_code == code, done.output
        return done.output if code else done.stdout

    return run


def until(seconds: float, holds: Callable[[], bool]) -> None:
    """Wait for what other processes do. Fails when it takes longer."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits at a terminal."""
    monkeypatch.setattr("collector.cli.confirm.interactive", lambda: True)
