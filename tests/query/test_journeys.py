"""Journeys and funnels: every sum holds, every number shown is true, and nothing below k is named."""

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from dashboard.journeys import decode_funnel, decode_journey, run_funnel, run_journeys
from dashboard.query.patterns import escape_glob
from dashboard.query.request import decode
from dashboard.query.run import SiteFacts, run_query
from tests.query import journey_oracle
from tests.query.cases import PATHS, SITE, STEPS, ZONES, event_sets, filters, filters_on_city, ranges
from tests.query.conftest import FileStore
from tests.query.journey_oracle import Journeys, Node
from tests.query.oracle_visit import Event

PATTERNS = ("/blog/?", "/*g", "/k*")
NO_ZONE = "Europe/Berlin"


pytestmark = pytest.mark.timeout(3600)  # seconds: enough for HYPOTHESIS_PROFILE=long


@pytest.fixture(scope="module")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One file for all cases of a property: each case replaces what it holds."""
    store = FileStore(Path(tmp_path_factory.mktemp("store")) / "events.duckdb")
    yield store
    store.close()


@st.composite
def asked(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    """What journeys and funnels ask in common."""
    first, last = draw(ranges(zone))
    return {
        "site": SITE,
        "from": first,
        "to": last,
        "filters": draw(st.lists(st.one_of(filters(), filters_on_city()), max_size=1)),
        "group": draw(st.sampled_from(["path", "path", "folder", "pattern"])),
        "include": draw(st.sampled_from([["page"], ["page", "click"], ["page", "click", "event"]])),
    }


def included(query: dict[str, Any], step: Any) -> bool:
    return {kind for each in (step if isinstance(step, list) else [step]) for kind in each} <= set(query["include"])


@st.composite
def journeys(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    query = draw(asked(zone))
    query |= {"steps": draw(st.integers(1, 5)), "top": draw(st.sampled_from([1, 2, 3, 50]))}
    anchor = draw(st.sampled_from(["start", "end", "through", None]))
    if anchor:
        query[anchor] = draw(STEPS.filter(lambda step: included(query, step)))
    return query


@st.composite
def funnels(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    query = draw(asked(zone))
    one = STEPS.filter(lambda step: included(query, step))
    query |= {"steps": draw(st.lists(one, min_size=2, max_size=4)), "mode": draw(st.sampled_from(["strict", "loose"]))}
    return query | {"top": draw(st.sampled_from([1, 2, 50]))}


def identity(node: dict[str, Any]) -> Node:
    return (node["kind"], node.get("target_kind", ""), node["label"])


async def journey(store: FileStore, query: dict[str, Any], zone: str = NO_ZONE, k: int = 1) -> dict[str, Any]:
    site = SiteFacts(SITE, zone, k, PATTERNS)
    return await run_journeys(decode_journey(msgspec.json.encode(query)), store, site)


def check_sums(answer: dict[str, Any]) -> None:
    """Every column adds up; the links into each node, *other* and *left* add up to it, and out of it."""
    into: Counter[str] = Counter()
    out: Counter[str] = Counter()
    for link in answer["links"]:
        assert link["visits"] > 0
        out[link["from"]] += link["visits"]
        into[link["to"]] += link["visits"]
    last = len(answer["columns"]) - 1
    known = set()
    for number, column in enumerate(answer["columns"]):
        sizes = {node["id"]: node["visits"] for node in column["nodes"]}
        sizes |= {f"other:{number}": column["other"]["visits"], f"left:{number}": column["left"]}
        assert sum(sizes.values()) == answer["matched"]
        known |= set(sizes)
        for key, visits in sizes.items():
            assert number == 0 or into[key] == visits, key
            assert number == last or out[key] == visits, key
    assert set(into) | set(out) <= known


def check_truth(answer: dict[str, Any], truth: Journeys, k: int, top: int) -> None:
    """Nodes and links between them are true and of k subjects; *other* says how many nodes it holds."""
    assert (answer["visits"], answer["matched"]) == (len(truth.visits), len(truth.walks))
    names: dict[str, Node] = {}
    for number, column in enumerate(answer["columns"]):
        nodes = truth.nodes(number)
        shown = [(identity(node), node["visits"]) for node in column["nodes"]]
        names |= {node["id"]: identity(node) for node in column["nodes"]}
        assert all(nodes[node][0] == visits and nodes[node][1] >= k for node, visits in shown)
        assert len(shown) <= top
        assert column["other"]["distinct"] == len(nodes) - len(shown)
        assert column["left"] == sum(walk[number] is None for _, walk in truth.walks)
        if k == 1:
            largest = sorted((visits for visits, _ in nodes.values()), reverse=True)
            assert [visits for _, visits in shown] == largest[:top]
    for link in answer["links"]:
        column = next(n for n, c in enumerate(answer["columns"]) if link["from"] in ids(c, n))
        if link["from"] in names and link["to"] in names:
            visits, subjects = truth.links(column)[names[link["from"]], names[link["to"]]]
            assert link["visits"] == visits
            assert subjects >= k


def check_held(answer: dict[str, Any], truth: Journeys, k: int) -> None:
    """Under a filter on the city nothing is told of fewer than k subjects, and columns add up all the same."""
    people, walking = {visit.subject for visit in truth.visits}, {subject for subject, _ in truth.walks}
    assert answer["visits"] == (len(truth.visits) if len(people) >= k else 0)
    assert answer["matched"] == (len(truth.walks) if len(walking) >= k else 0)
    sizes: dict[str, int] = {}
    groups: list[dict[str, set[UUID]]] = []
    for number, column in enumerate(answer["columns"]):
        names = {identity(node): node["id"] for node in column["nodes"]}
        part = {node["id"]: node["visits"] for node in column["nodes"]}
        part |= {f"other:{number}": column["other"]["visits"], f"left:{number}": column["left"]}
        assert sum(part.values()) == answer["matched"]
        sizes |= part
        behind: dict[str, set[UUID]] = {}
        for subject, walk in truth.walks if answer["matched"] else []:
            gone = f"left:{number}" if column["left"] else f"other:{number}"
            spot = walk[number]
            behind.setdefault(gone if spot is None else names.get(spot, f"other:{number}"), set()).add(subject)
        assert all(len(behind[key]) >= k for key, visits in part.items() if visits)
        groups.append(behind)
    for link in answer["links"]:
        assert k <= link["visits"] <= min(sizes[link["from"]], sizes[link["to"]])
    hidden = sum(sizes[key] for behind in groups[:-1] for key in behind) - sum(
        link["visits"] for link in answer["links"]
    )
    small = [n for n, few in ((len(truth.visits), people), (len(truth.walks), walking)) if 0 < len(few) < k]
    assert answer["withheld"]["visits"] == hidden + sum(small)


def ids(column: dict[str, Any], number: int) -> set[str]:
    return {node["id"] for node in column["nodes"]} | {f"other:{number}", f"left:{number}"}


@given(data=st.data(), zone=st.sampled_from(sorted(ZONES)), k=st.sampled_from([1, 1, 2, 3]))
def test_every_journey_adds_up_and_is_true(kept_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    events = data.draw(event_sets(zone))
    kept_store.fill(events)
    for _ in range(2):
        query = data.draw(journeys(zone))
        note(f"{zone} k={k} {query}")
        answer = asyncio.run(journey(kept_store, query, zone, k))
        truth = Journeys(events, query, SITE, zone, k, PATTERNS)
        if k > 1 and any(each[1] == "city" for each in query["filters"]):
            check_held(answer, truth, k)
            continue
        check_sums(answer)
        check_truth(answer, truth, k, query["top"])
        check_opened(kept_store, query, zone, k, answer, truth)


def check_opened(store: FileStore, query: dict[str, Any], zone: str, k: int, answer: Any, truth: Journeys) -> None:
    """Page by page, *other* lists all that k subjects took, and says what it keeps back."""
    column = len(answer["columns"]) - 1
    pages: list[dict[str, Any]] = []
    while True:
        more = {"open": column, "limit": 2, "offset": len(pages)}
        opened = asyncio.run(journey(store, query | more, zone, k))["opened"]
        pages += opened["nodes"]
        if len(opened["nodes"]) < 2:
            break
    shown = [*answer["columns"][column]["nodes"], *pages]
    nodes = truth.nodes(column)
    expected = {node: visits for node, (visits, subjects) in nodes.items() if subjects >= k}
    assert {identity(node): node["visits"] for node in shown} == expected
    assert len(shown) == len(expected)
    small = [visits for visits, subjects in nodes.values() if subjects < k]
    assert opened["withheld"] == {"visits": sum(small), "distinct": len(small)}


@given(data=st.data(), zone=st.sampled_from(sorted(ZONES)), k=st.sampled_from([1, 2, 3]))
def test_every_funnel_equals_the_oracle(kept_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    events = data.draw(event_sets(zone))
    kept_store.fill(events)
    query = data.draw(funnels(zone))
    note(f"{zone} k={k} {query}")
    site = SiteFacts(SITE, zone, k, PATTERNS)
    answer = asyncio.run(run_funnel(decode_funnel(msgspec.json.encode(query)), kept_store, site))
    truth = Journeys(events, query | {"steps": 1}, SITE, zone, k, PATTERNS)
    reached, dropped = journey_oracle.funnel(truth, query)
    if k > 1 and any(each[1] == "city" for each in query["filters"]):
        check_held_funnel(answer, reached, dropped, k)
        return
    assert answer["visits"] == len(truth.visits)
    assert [step["visits"] for step in answer["steps"]] == reached
    assert [step["share"] for step in answer["steps"]] == [n / reached[0] if reached[0] else None for n in reached]
    for step, following, went in zip(answer["steps"], reached[1:], dropped, strict=False):
        part = step["dropped"]
        assert part["visits"] == step["visits"] - following
        assert part["left"] == went.get(None, (0, 0))[0]
        assert sum(node["visits"] for node in part["next"]) + part["other"]["visits"] + part["left"] == part["visits"]
        assert all(went[identity(node)][0] == node["visits"] for node in part["next"])
        assert all(went[identity(node)][1] >= k for node in part["next"])
        assert part["other"]["distinct"] == len([node for node in went if node]) - len(part["next"])


def check_held_funnel(answer: dict[str, Any], reached: list[int], dropped: list[Any], k: int) -> None:
    """Under a filter on the city no number is below k; those that are told are true."""
    told = [step["visits"] for step in answer["steps"]]
    assert all(visits in (0, true) and (not visits or visits >= k) for visits, true in zip(told, reached, strict=True))
    assert answer["visits"] == 0 or answer["visits"] >= max(k, reached[0])
    hidden = sum(true for visits, true in zip(told, reached, strict=True) if not visits)
    for step, before, after, went in zip(answer["steps"], reached, reached[1:], dropped, strict=False):
        part = step["dropped"]
        counts = [*(node["visits"] for node in part["next"]), part["other"]["visits"], part["left"]]
        assert all(not visits or visits >= k for visits in counts)
        assert sum(counts) == part["visits"] and part["visits"] in (0, before - after)
        assert all(went[identity(node)][1] >= k for node in part["next"])
        hidden += before - after if not part["visits"] else 0
    assert answer["withheld"]["visits"] >= hidden


async def test_under_a_filter_on_the_city_journeys_and_funnels_tell_of_nobody_alone(kept_store: FileStore) -> None:
    at = datetime.fromisoformat("2026-10-24T10:00")
    pune: dict[str, Any] = {"country": "IN", "city": "Pune"}
    rows = [Event(SITE, n, 0, "pageview", at, UUID(int=n), path="/", **pune) for n in range(1, 8)]
    rows += [Event(SITE, n, 1, "pageview", at, UUID(int=n), path="/pricing", **pune) for n in range(1, 7)]
    rows += [Event(SITE, 1, 2, "pageview", at, UUID(int=1), path="/signup", **pune)]
    kept_store.fill(rows)
    days = {"site": SITE, "from": "2026-10-24", "to": "2026-10-24", "filters": [["is", "city", ["Pune"]]]}
    whole = await journey(kept_store, days | {"steps": 2}, k=5)
    assert (whole["visits"], whole["matched"]) == (7, 7)
    assert [(link["to"], link["visits"]) for link in whole["links"]] == [("other:1", 7)]
    shown = [({node["label"] for node in column["nodes"]}, column["left"]) for column in whole["columns"]]
    assert shown == [({"/"}, 0), (set(), 0)]
    alone = await journey(kept_store, days | {"start": {"page": "/signup"}, "steps": 1}, k=5)
    assert (alone["matched"], alone["withheld"]) == (0, {"rows": 1, "visits": 1})
    asked_funnel = days | {"steps": [{"page": "/"}, {"page": "/signup"}]}
    site = SiteFacts(SITE, NO_ZONE, 5)
    funnel = await run_funnel(decode_funnel(msgspec.json.encode(asked_funnel)), kept_store, site)
    assert [step["visits"] for step in funnel["steps"]] == [7, 0]
    assert funnel["withheld"]["rows"] == 1


@given(data=st.data(), group=st.sampled_from(["path", "folder", "pattern"]), first=st.sampled_from(PATHS))
def test_the_reports_agree_with_each_other(kept_store: FileStore, data: st.DataObject, group: str, first: str) -> None:
    """Column 1 equals the overview's entry pages, and a link A → B the strict funnel."""
    kept_store.fill(data.draw(event_sets(NO_ZONE)))
    days = {"site": SITE, "from": "2026-10-20", "to": "2026-10-27"}
    free = asyncio.run(journey(kept_store, days | {"top": 50, "group": group}))
    asked_query = days | {"metrics": ["visits"], "dimensions": ["entry_page"]}
    report = asyncio.run(run_query(decode(msgspec.json.encode(asked_query)), kept_store, SiteFacts(SITE, NO_ZONE, 1)))
    entries: Counter[str] = Counter()
    for row in report["rows"]:
        if row["dims"] != [""]:
            entries[journey_oracle.grouped(row["dims"][0], group, PATTERNS)] += row["metrics"][0]
    assert {node["label"]: node["visits"] for node in free["columns"][0]["nodes"]} == entries

    step = {"page": escape_glob(first)}
    anchored = asyncio.run(journey(kept_store, days | {"start": step, "top": 50, "steps": 2}))
    for node in anchored["columns"][1]["nodes"]:
        into = sum(link["visits"] for link in anchored["links"] if link["to"] == node["id"])
        exact = {"page": escape_glob(node["label"])}
        query = days | {"steps": [step, exact], "mode": "strict"}
        site = SiteFacts(SITE, NO_ZONE, 1, PATTERNS)
        answer = asyncio.run(run_funnel(decode_funnel(msgspec.json.encode(query)), kept_store, site))
        assert answer["steps"][1]["visits"] == into
