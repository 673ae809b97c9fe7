"""What holds of every journey report and funnel, held against the oracle."""

import asyncio
import statistics
from collections import Counter
from typing import Any
from uuid import UUID

import msgspec

from dashboard.journeys import decode_funnel, decode_journey, run_funnel, run_journeys
from dashboard.query.site import SiteFacts
from tests.query import journey_oracle, tally
from tests.query.cases import SITE
from tests.query.conftest import FileStore
from tests.query.journey_oracle import Counted, Journeys, Node
from tests.query.oracle_visit import Event

PATTERNS = ("/blog/?", "/*g", "/k*")
NO_ZONE = "Europe/Berlin"


def identity(node: dict[str, Any]) -> Node:
    return (node["kind"], node.get("target_kind", ""), node["label"])


async def journey(store: FileStore, query: dict[str, Any], zone: str = NO_ZONE, k: int = 1) -> dict[str, Any]:
    site = SiteFacts(SITE, zone, k, PATTERNS)
    return await run_journeys(decode_journey(msgspec.json.encode(query)), store, site)


async def funnel(store: FileStore, query: dict[str, Any], zone: str = NO_ZONE, k: int = 1) -> dict[str, Any]:
    site = SiteFacts(SITE, zone, k, PATTERNS)
    return await run_funnel(decode_funnel(msgspec.json.encode(query)), store, site)


def check_journey(store: FileStore, events: list[Event], query: dict[str, Any], zone: str, k: int) -> None:
    """All of one report, its *other* opened too."""
    store.statements.clear()
    answer = asyncio.run(journey(store, query, zone, k))
    tally.count("journeys", store.statements, *([] if answer["matched"] else ["of no visit"]))
    truth = Journeys(events, query, SITE, zone, k, PATTERNS)
    if k > 1 and any(each[1] == "city" for each in query["filters"]):
        check_held(answer, truth, k)
        return
    check_sums(answer)
    check_truth(answer, truth, k, query["top"])
    check_opened(store, query, zone, k, answer, truth)
    check_focused(store, query, zone, k, answer, truth)


def check_funnel(store: FileStore, events: list[Event], query: dict[str, Any], zone: str, k: int) -> None:
    """All of one funnel."""
    store.statements.clear()
    answer = asyncio.run(funnel(store, query, zone, k))
    tally.count("funnels", store.statements, *([] if answer["visits"] else ["of no visit"]))
    truth = Journeys(events, query | {"steps": 1}, SITE, zone, k, PATTERNS)
    reached, dropped = journey_oracle.funnel(truth, query)
    if k > 1 and any(each[1] == "city" for each in query["filters"]):
        check_held_funnel(answer, reached, dropped, k)
        return
    visits = [count for count, _ in reached]
    assert answer["visits"] == len(truth.visits)
    assert [step["visits"] for step in answer["steps"]] == visits
    assert [step["share"] for step in answer["steps"]] == [n / visits[0] if visits[0] else None for n in visits]
    for step, following, went in zip(answer["steps"], visits[1:], dropped, strict=False):
        part = step["dropped"]
        nodes = {node: counts for node, counts in went.items() if node is not None}
        shown = [(identity(node), node["visits"]) for node in part["next"]]
        assert part["visits"] == step["visits"] - following
        assert part["left"] == went.get(None, (0, 0))[0]
        assert shown == named(nodes, k, query["top"])
        others = part["visits"] - part["left"] - sum(visits for _, visits in shown)
        assert part["other"] == {"visits": others, "distinct": len(nodes) - len(shown)}


def named(nodes: dict[Node, Counted], k: int, top: int) -> list[tuple[Node, int]]:
    """The largest nodes that k subjects took, ties by their keys."""
    sizes = [(-visits, ":".join(node)) for node, (visits, subjects) in nodes.items() if subjects >= k]
    whole = {":".join(node): node for node in nodes}
    return [(whole[key], -visits) for visits, key in sorted(sizes)[:top]]


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
    for number, column in enumerate(answer["columns"]):
        nodes = truth.nodes(number)
        shown = [(identity(node), node["visits"]) for node in column["nodes"]]
        largest = named(nodes, k, top)
        # For a link of fewer than k subjects a node may join *other*; none does anything else.
        assert [node for node in largest if node in shown] == shown
        assert k > 1 or largest == shown
        assert column["other"]["distinct"] == len(nodes) - len(shown)
        assert column["left"] == sum(walk[number] is None for _, walk in truth.walks)
    shown_links = {(link["from"], link["to"]): link["visits"] for link in answer["links"]}
    for number in range(len(answer["columns"]) - 1):
        columns = answer["columns"][number : number + 2]
        here, there = ({identity(node): node["id"] for node in column["nodes"]} for column in columns)
        for (source, target), (visits, subjects) in truth.links(number).items():
            if source in here and target in there:
                assert shown_links.get((here[source], there[target])) == (visits if subjects >= k else None)


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


def check_opened(store: FileStore, query: dict[str, Any], zone: str, k: int, answer: Any, truth: Journeys) -> None:
    """Page by page, *other* lists all that k subjects took, and says what it keeps back."""
    column = min(1, len(answer["columns"]) - 1)
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
    assert [(identity(node), node["visits"]) for node in pages] == named(
        {node: counts for node, counts in nodes.items() if node not in map(identity, shown[: -len(pages) or None])},
        k,
        len(pages),
    )
    small = [visits for visits, subjects in nodes.values() if subjects < k]
    assert opened["withheld"] == {"visits": sum(small), "distinct": len(small)}


def check_focused(store: FileStore, query: dict[str, Any], zone: str, k: int, answer: Any, truth: Journeys) -> None:
    """The median time at one node of each column, of those who go on, where they are k; else none."""
    for number, column in enumerate(answer["columns"]):
        for node in column["nodes"][:1]:
            told = asyncio.run(journey(store, query | {"focus": node["id"]}, zone, k))["focused"]
            spent = truth.spent(number, identity(node))
            enough = len({subject for subject, _ in spent}) >= k
            median = statistics.median(seconds for _, seconds in spent) if spent and enough else None
            assert told == {"id": node["id"], "median_seconds": median}


def check_held_funnel(answer: dict[str, Any], reached: list[Counted], dropped: list[Any], k: int) -> None:
    """Under a filter on the city no number is of fewer than k subjects; those that are told are true."""
    told = [step["visits"] for step in answer["steps"]]
    assert told == [visits if subjects >= k else 0 for visits, subjects in reached]
    assert answer["visits"] == 0 or answer["visits"] >= max(k, reached[0][0])
    hidden = sum(true for visits, (true, _) in zip(told, reached, strict=True) if not visits)
    for step, (before, _), (after, _), went in zip(answer["steps"], reached, reached[1:], dropped, strict=False):
        part = step["dropped"]
        counts = [*(node["visits"] for node in part["next"]), part["other"]["visits"], part["left"]]
        assert all(not visits or visits >= k for visits in counts)
        assert sum(counts) == part["visits"] and part["visits"] in (0, before - after)
        assert all(went[identity(node)][1] >= k for node in part["next"])
        hidden += before - after if not part["visits"] else 0
    assert answer["withheld"]["visits"] >= hidden
