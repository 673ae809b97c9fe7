"""What `GET /api/v1/consent` answers, for OpenAPI: made from the structs that are encoded."""

from typing import Any

import msgspec

from dashboard.consent.report import Consents


def consent_schema() -> dict[str, Any]:
    """The schema of the answer, every part of it inline."""
    (_,), parts = msgspec.json.schema_components([Consents], ref_template="{name}")
    whole: dict[str, Any] = _inlined({"$ref": "Consents"}, parts)
    return whole


def _inlined(value: Any, parts: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            return _inlined(parts[value["$ref"]], parts)
        return {key: _inlined(one, parts) for key, one in value.items()}
    return [_inlined(one, parts) for one in value] if isinstance(value, list) else value
