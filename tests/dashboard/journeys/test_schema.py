"""The funnel's answer is what its description says: every field described, every described field there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from dashboard.api_schema import schema
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House

TODAY = datetime.now(UTC).date()
ASKED: dict[str, Any] = {
    "site": SITE,
    "from": (TODAY - timedelta(days=61)).isoformat(),
    "to": TODAY.isoformat(),
    "include": ["page", "click", "event"],
    "steps": [{"page": "/"}, {"page": "/pricing"}, {"event": "signup"}],
    "top": 2,
}
KINDS: dict[str, Any] = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float)}


def misfits(told: dict[str, Any], value: Any, where: str = "answer") -> list[str]:
    """Where a value is not what a schema says; a field that is not described is one, too."""
    if "enum" in told:
        return [] if value in told["enum"] else [where]
    kinds = told["type"] if isinstance(told["type"], list) else [told["type"]]
    if value is None:
        return [] if "null" in kinds else [where]
    if not any(isinstance(value, KINDS[kind]) for kind in kinds if kind != "null"):
        return [where]
    if isinstance(value, dict):
        strange = [f"{where}.{name}" for name in ({*told["required"]} - {*value}) | ({*value} - {*told["properties"]})]
        parts = [(told["properties"][name], each, f"{where}.{name}") for name, each in value.items() if not strange]
        return strange + [wrong for part in parts for wrong in misfits(*part)]
    if isinstance(value, list):
        parts = [(told["items"], each, f"{where}[{number}]") for number, each in enumerate(value)]
        return [wrong for part in parts for wrong in misfits(*part)]
    if isinstance(value, str):
        return []
    return [] if told["minimum"] <= value <= told.get("maximum", value) else [where]


@pytest.mark.parametrize("mode", ["loose", "strict"])
async def test_the_answer_of_a_funnel_is_described_in_full(
    visited: House, owner: httpx2.AsyncClient, mode: str
) -> None:
    told = schema()["components"]["schemas"]["FunnelReport"]
    answer = (await owner.post("/api/v1/funnel", json={**ASKED, "mode": mode})).json()
    assert misfits(told, answer) == []
    assert misfits(told, {**answer, "luck": 1}) == ["answer.luck"]
    dropped = answer["steps"][0]["dropped"]
    assert len(dropped["next"]) == 2
    assert {"id", "label", "kind", "visits"} <= set(dropped["next"][0])
    assert [("dropped" in step) for step in answer["steps"]] == [True, True, False]
    nobody = {**ASKED, "mode": mode, "steps": [{"page": "/nowhere"}, {"page": "/"}]}
    assert misfits(told, (await owner.post("/api/v1/funnel", json=nobody)).json()) == []
