"""Schemathesis' hooks: much of what it makes up is about a site, days and a visitor that exist, or it reaches nothing.

It runs as a process of its own, so these come by the environment.
"""

import json
import os
from typing import Any
from zlib import crc32

import schemathesis

KNOWN: dict[str, str] = json.loads(os.environ.get("FUZZ_KNOWN", "{}"))
"""What to put in place of a made-up text, by the name of the field."""


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Put what exists into every second request; always the same ones."""
    if crc32(repr((case.query, case.body)).encode("utf-8", "replace")) % 2:
        return
    asked = case.query.get("q") if isinstance(case.query, dict) else None
    if isinstance(asked, str) and asked.startswith("{"):
        case.query["q"] = _query(asked)
    for part in (case.query, case.body, asked):
        if isinstance(part, dict):
            _fill(part)


def _fill(part: dict[str, Any]) -> None:
    for name, value in KNOWN.items():
        if isinstance(part.get(name), str):
            part[name] = value


def _query(text: str) -> str:
    try:
        query = json.loads(text)
    except ValueError:
        return text
    if isinstance(query, dict):
        _fill(query)
    return json.dumps(query)
