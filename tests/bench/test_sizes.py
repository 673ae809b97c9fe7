"""The budgets of what a browser fetches, on the built files; `pytest -s` shows every build's size."""

import json

from tests.bench import sizes


def test_each_build_keeps_to_its_budget() -> None:
    rows = sizes.rows()
    print("", *(row.line for row in rows), sep="\n")
    assert [row.line for row in rows if not row.reached] == []


def test_every_build_has_a_row() -> None:
    builds = json.loads((sizes.STATIC / "manifest.json").read_text())
    assert {*sizes.PARTS, *sizes.adapters(), "tag", "measure", "hash"} == builds.keys()
