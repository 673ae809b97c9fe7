"""What is bound to a statement is bound at once."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from collector.store.generation import Place, connect, prepare


class Sought:
    """Notes which modules Python searches the disk for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> None:
        self.names.append(name)


def test_binding_searches_for_no_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, sought = Place(tmp_path, memory="100MB", threads=1), Sought()
    prepare(place)
    with connect(place, "a") as db:
        values: list[Any] = ["text", 1, 1.5, None, ["a", "b"]]
        db.execute("SELECT $value", {"value": "text"})  # what the engine looks for once is found now
        monkeypatch.setattr(sys, "meta_path", [sought, *sys.meta_path])
        for value in values:
            db.execute("SELECT $value", {"value": value})
    assert sought.names == []
