"""Statements made of `.sql` files: slots are filled from closed tables in code, values are only ever bound."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SLOT = re.compile(r"\{(\w+)\}")
_PARAM = re.compile(r"\$(\w+)")

Params = dict[str, Any]


def read_sql(folder: Path) -> dict[str, str]:
    """Every `.sql` file of a folder by its name without the suffix; read once, when the module is imported."""
    return {file.stem: file.read_text("utf-8").rstrip() for file in sorted(folder.glob("*.sql"))}


def fill(template: str, slots: Mapping[str, str]) -> str:
    """The template with each `{slot}` replaced; a slot without a filling is a KeyError."""
    return _SLOT.sub(lambda found: slots[found[1]], template)


def used(sql: str, params: Mapping[str, Any]) -> Params:
    """Only the parameters that the statement names: DuckDB refuses any other."""
    return {name: params[name] for name in set(_PARAM.findall(sql))}
