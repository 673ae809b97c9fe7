"""The parts of an OpenAPI 3.1 description that every route has: bodies, answers, problems and their headers."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
COUNT: Json = {"type": "integer", "minimum": 0}
_WAIT: Json = {
    "Retry-After": {"required": True, "schema": COUNT, "description": "Seconds to wait before the next try."}
}
# The headers that an answer of this status always has.
_HEADERS: dict[str, Json] = {"429": _WAIT, "503": _WAIT}


def content(name: str, media: str = "application/json") -> Json:
    """A body that is one of the named schemas."""
    return {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def answer(text: str, name: str, media: str = "application/json") -> Json:
    """An answer that is one of the named schemas."""
    return {"description": text, "content": content(name, media)}


def problems(told: Mapping[str, str]) -> Json:
    """The answers that refuse (RFC 9457), by status: what each means, and the headers that go with it."""
    return {
        status: answer(text, "Problem", "application/problem+json")
        | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
        for status, text in told.items()
    }
