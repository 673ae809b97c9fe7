"""The engine against the oracle, and the answers that only named cases can show."""

import asyncio
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from dashboard.query.request import BadQuery, decode
from dashboard.query.run import SiteFacts, run_query
from tests.query import oracle
from tests.query.cases import SITE, ZONES, event_sets, queries
from tests.query.conftest import FileStore
from tests.query.oracle_visit import Event


async def ask(store: FileStore, query: dict[str, Any], zone: str, k: int, shared: bool = False) -> dict[str, Any]:
    """The engine's answer in the shape of the oracle's."""
    try:
        answer = await run_query(decode(msgspec.json.encode(query)), store, SiteFacts(SITE, zone, k), shared=shared)
    except BadQuery as error:
        return {"refused": error.field}
    return {
        "rows": answer["rows"],
        "totals": answer["totals"],
        "withheld": answer["withheld"],
        "recognised": answer["meta"]["recognised"],
    }


def same(left: Any, right: Any) -> bool:
    """Equal, but for the last bits of a mean."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) or isinstance(right, float):
        return left is not None and right is not None and math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)
    return bool(left == right)


pytestmark = pytest.mark.timeout(3600)  # seconds: enough for HYPOTHESIS_PROFILE=long


@pytest.fixture(scope="module")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One file for all cases of a property: each case replaces what it holds."""
    store = FileStore(Path(tmp_path_factory.mktemp("store")) / "events.duckdb")
    yield store
    store.close()


@given(data=st.data(), zone=st.sampled_from(sorted(ZONES)), k=st.sampled_from([1, 2, 3]), shared=st.booleans())
def test_every_answer_equals_the_oracle(
    kept_store: FileStore, data: st.DataObject, zone: str, k: int, shared: bool
) -> None:
    events: list[Event] = data.draw(event_sets(zone))
    kept_store.fill(events)
    for _ in range(4):
        query = data.draw(queries(zone))
        if shared:
            query |= {
                "filters": [],
                "metrics": [name for name in query["metrics"] if "conver" not in name] or ["visits"],
            }
            query |= {"from": query["from"][:10], "to": query["to"][:10], "order": []}
            query.pop("goal", None)
        if query["from"] > query["to"]:
            continue
        note(f"{zone} k={k} shared={shared} {query}")
        given_answer = asyncio.run(ask(kept_store, query, zone, k, shared))
        expected = oracle.answer(events, query, SITE, zone, k, shared)
        assert same(given_answer, expected), f"\n{given_answer}\n{expected}"
