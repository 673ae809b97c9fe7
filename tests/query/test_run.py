"""The engine against the oracle, and the answers that only named cases can show."""

import asyncio
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from dashboard.query.request import BadQuery, decode
from dashboard.query.run import SiteFacts, run_query
from tests.query import oracle, tally
from tests.query.cases import SITE, ZONES, event_sets, lives, queries
from tests.query.conftest import FileStore

ANY_ZONE = st.sampled_from(sorted(ZONES))


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

QUERIES = 4
"""Of one store: to fill it takes as long as to ask one."""


def compare(store: FileStore, data: st.DataObject, zone: str, k: int, shared: bool) -> None:
    """Compare the engine's answers to some queries of one store with the oracle's."""
    events = data.draw(event_sets(zone))
    life = data.draw(lives(events))
    store.live(life)
    for _ in range(QUERIES):
        query = data.draw(queries(zone, events))
        if shared:
            query = as_shared(query)
        note(f"{zone} k={k} shared={shared} {query}")
        store.statements.clear()
        given_answer = asyncio.run(ask(store, query, zone, k, shared))
        expected = oracle.answer(life.left, query, SITE, zone, k, shared)
        assert same(given_answer, expected), f"\n{given_answer}\n{expected}"
        tally.count("queries", store.statements, *ways(expected))


def as_shared(query: dict[str, Any]) -> dict[str, Any]:
    """The query as far as a shared view allows it."""
    metrics = [name for name in query["metrics"] if "conver" not in name] or ["visits"]
    days = {"from": query["from"][:10], "to": query["to"][:10]}
    dropped: dict[str, Any] = {"filters": [], "order": [], "goal": None}
    return query | dropped | days | {"metrics": metrics}


def ways(answer: dict[str, Any]) -> list[str]:
    """What can be told of an answer."""
    if "refused" in answer:
        return ["refused for its currencies"]
    told = {"of no visit": answer["recognised"] is None, "with rows withheld": answer["withheld"]["rows"] > 0}
    compared = [number for row in answer["rows"] for number in row.get("compare", [])]
    told |= {"compared with something": any(compared), "compared with what is not known": None in compared}
    return [way for way, true in told.items() if true]


@given(data=st.data(), zone=ANY_ZONE, k=st.sampled_from([1, 2, 3]), shared=st.sampled_from([False, False, True]))
def test_every_answer_equals_the_oracle(
    kept_store: FileStore, data: st.DataObject, zone: str, k: int, shared: bool
) -> None:
    compare(kept_store, data, zone, k, shared)
