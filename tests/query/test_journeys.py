"""Journeys and funnels: every sum holds, every number shown is true, and nothing below k is named."""

import asyncio
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from dashboard.query.patterns import escape_glob
from dashboard.query.request import decode
from dashboard.query.run import SiteFacts, run_query
from dashboard.query.visits import recent_visits
from tests.query import journey_oracle
from tests.query.cases import PATHS, SITE, STEPS, ZONES, event_sets, filters, filters_on_city, lives, ranges
from tests.query.conftest import FileStore
from tests.query.journey_checks import NO_ZONE, PATTERNS, check_funnel, check_journey, funnel, journey
from tests.query.oracle_visit import Event

INCLUDES = [["page"], ["page", "click"], ["page", "click", "event"], ["event"], ["click", "event"], ["event", "page"]]

LOOSE_STEPS = st.one_of(STEPS, st.sampled_from([{"page": "*"}, {"page": "/b*"}, {"page": "/*/*"}, {"click": "*"}]))


pytestmark = pytest.mark.timeout(3600)  # seconds: enough for HYPOTHESIS_PROFILE=long


@st.composite
def alike(draw: st.DrawFn, zone: str) -> list[Event]:
    """Some visits, of subjects that differ in the last 6 bits of their marks, in some of them, or in none."""
    stride = draw(st.sampled_from([1, 16, 64]))
    return [replace(row, subject=UUID(int=row.subject.int * stride)) for row in draw(event_sets(zone, least=3))]


@st.composite
def asked(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    """What journeys and funnels ask in common: mostly of all visits, else little would be left to tell."""
    first, last = draw(ranges(zone))
    if draw(st.integers(0, 2)):
        first, last = ((ZONES[zone] + timedelta(days=days)).isoformat() for days in (-6, 4))
    each = st.one_of(filters(), filters_on_city(), filters_on_city())
    return {
        "site": SITE,
        "from": first,
        "to": last,
        "filters": [draw(each)] if not draw(st.integers(0, 3)) else [],
        "group": draw(st.sampled_from(["path", "path", "folder", "pattern"])),
        "include": draw(st.sampled_from(INCLUDES)),
    }


def included(query: dict[str, Any], step: Any) -> bool:
    return {kind for each in (step if isinstance(step, list) else [step]) for kind in each} <= set(query["include"])


@st.composite
def journeys(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    query = draw(asked(zone))
    query |= {"steps": draw(st.integers(1, 5)), "top": draw(st.sampled_from([1, 2, 3, 50]))}
    anchor = draw(st.sampled_from(["start", "end", "through", None]))
    if anchor:
        query[anchor] = draw(LOOSE_STEPS.filter(lambda step: included(query, step)))
    return query


@st.composite
def funnels(draw: st.DrawFn, zone: str) -> dict[str, Any]:
    query = draw(asked(zone))
    one = LOOSE_STEPS.filter(lambda step: included(query, step))
    query |= {"steps": draw(st.lists(one, min_size=2, max_size=4)), "mode": draw(st.sampled_from(["strict", "loose"]))}
    return query | {"top": draw(st.sampled_from([1, 2, 50]))}


@given(data=st.data(), zone=st.sampled_from(sorted(ZONES)), k=st.sampled_from([1, 1, 2, 3]))
def test_every_journey_adds_up_and_is_true(kept_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    life = data.draw(lives(data.draw(alike(zone))))
    kept_store.live(life)
    for _ in range(2):
        query = data.draw(journeys(zone))
        note(f"{zone} k={k} {query}")
        check_journey(kept_store, life.left, query, zone, k)


@given(data=st.data(), zone=st.sampled_from(sorted(ZONES)), k=st.sampled_from([1, 2, 3]))
def test_every_funnel_equals_the_oracle(kept_store: FileStore, data: st.DataObject, zone: str, k: int) -> None:
    life = data.draw(lives(data.draw(alike(zone))))
    kept_store.live(life)
    query = data.draw(funnels(zone))
    note(f"{zone} k={k} {query}")
    check_funnel(kept_store, life.left, query, zone, k)


@settings(max_examples=max(5, settings().max_examples // 8))
@given(data=st.data(), seed=st.integers(0, 2**32), k=st.sampled_from([1, 5, 70]), stride=st.sampled_from([1, 2, 64]))
def test_every_report_on_a_crowd_is_true(
    kept_store: FileStore, data: st.DataObject, seed: int, k: int, stride: int
) -> None:
    """More subjects than bits tell apart, and numbers of them that lie around k."""
    events = crowd(random.Random(seed), stride)
    kept_store.fill(events)
    days = {"from": "2026-10-20", "to": "2026-10-27"}
    query = data.draw(journeys(NO_ZONE)) | days
    other = data.draw(funnels(NO_ZONE)) | days
    note(f"k={k} {query} {other}")
    check_journey(kept_store, events, query, NO_ZONE, k)
    check_funnel(kept_store, events, other, NO_ZONE, k)


def crowd(chance: random.Random, stride: int) -> list[Event]:
    """Up to 240 visits of up to 160 subjects on few pages, some of them hardly ever seen; at most one a second."""
    people, visits = chance.choice([(160, 240), (80, 120), (6, 90)])
    begin = datetime.fromisoformat("2026-10-24T10:00")
    rows = []
    for visit in range(visits):
        subject = UUID(int=chance.randrange(people) * stride)
        city = chance.choice(["Pune", "Agra"])
        for nth in range(chance.choice([1, 1, 2, 3, 5])):
            at = begin + timedelta(seconds=visits * nth + visit)
            path = PATHS[min(chance.randrange(len(PATHS)), chance.randrange(len(PATHS)))]
            kind = chance.choice(["pageview", "pageview", "pageview", "click", "event", "leave"])
            target = "Sign up" if kind in ("click", "event") else None
            target_kind = "button" if kind == "click" else None
            about: dict[str, Any] = {"target": target, "target_kind": target_kind, "country": "IN", "city": city}
            rows.append(Event(SITE, visit, nth, kind, at, subject, path=path, **about))
    return rows


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
    answer = await funnel(kept_store, asked_funnel, k=5)
    assert [step["visits"] for step in answer["steps"]] == [7, 0]
    assert answer["withheld"]["rows"] == 1


@settings(max_examples=settings().max_examples // 2)  # each case asks for some ten reports
@given(data=st.data(), group=st.sampled_from(["path", "folder", "pattern"]), first=st.sampled_from(PATHS))
def test_the_reports_agree_with_each_other(kept_store: FileStore, data: st.DataObject, group: str, first: str) -> None:
    """Column 1 equals the overview's entry pages, and a link A → B the strict funnel."""
    kept_store.fill(data.draw(alike(NO_ZONE)))
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
    alike_asked = days | {"group": group, "include": data.draw(st.sampled_from(INCLUDES[:3]))}
    anchored = asyncio.run(journey(kept_store, alike_asked | {"start": step, "top": 50, "steps": 2}))
    into: Counter[tuple[str, str]] = Counter()
    for node in anchored["columns"][1]["nodes"]:
        # A click is looked for by what was clicked, whatever kind of thing that is.
        into[node["kind"], node["label"]] += sum(
            link["visits"] for link in anchored["links"] if link["to"] == node["id"]
        )
    for (kind, label), visits in into.items():
        is_glob = kind == "page" and (label in PATTERNS if group == "pattern" else label.endswith("/*"))
        exact = {kind: label if is_glob else escape_glob(label)}
        answer = asyncio.run(funnel(kept_store, alike_asked | {"steps": [step, exact], "mode": "strict"}))
        assert answer["steps"][1]["visits"] == visits


@pytest.mark.parametrize("stride", [1, 64])
@pytest.mark.parametrize("k", [1, 2, 5, 64, 70])
async def test_k_subjects_are_named_and_fewer_are_not(kept_store: FileStore, k: int, stride: int) -> None:
    """However many visits they made, and however alike their marks are: here bits tell none of them apart."""
    at = datetime.fromisoformat("2026-10-24T10:00")
    rows: list[Event] = []
    for path, people in (("/enough", k), ("/few", k - 1)):
        for visit in range(2 * people):
            who = UUID(int=(1 + visit % people) * stride)
            walk = (path, f"{path}/then")
            number = len(rows)
            rows += [Event(SITE, number, nth, "pageview", at, who, path=page) for nth, page in enumerate(walk)]
    kept_store.fill(rows)
    days = {"site": SITE, "from": "2026-10-24", "to": "2026-10-24"}
    answer = await journey(kept_store, days | {"steps": 2, "open": 1}, k=k)
    shown = [[(node["label"], node["visits"]) for node in column["nodes"]] for column in answer["columns"]]
    assert shown == [[("/enough", 2 * k)], [("/enough/then", 2 * k)]]
    assert answer["opened"]["withheld"] == {"visits": 2 * (k - 1), "distinct": min(1, k - 1)}
    dropped = (await funnel(kept_store, days | {"steps": [{"page": "/?*"}, {"page": "/none"}]}, k=k))["steps"][0]
    assert [node["label"] for node in dropped["dropped"]["next"]] == ["/enough/then"]


async def test_of_equal_nodes_the_first_by_text_is_named(kept_store: FileStore) -> None:
    at = datetime.fromisoformat("2026-10-24T10:00")
    paths = ["/z", "/m", "/a", "/c", "/b"]
    kept_store.fill([Event(SITE, n, 0, "pageview", at, UUID(int=n), path=path) for n, path in enumerate(paths)])
    days = {"site": SITE, "from": "2026-10-24", "to": "2026-10-24", "steps": 1, "top": 2}
    answer = await journey(kept_store, days | {"open": 0, "limit": 2})
    assert [node["label"] for node in answer["columns"][0]["nodes"]] == ["/a", "/b"]
    assert [node["label"] for node in answer["opened"]["nodes"]] == ["/c", "/m"]


async def test_a_site_of_leaves_alone_has_no_journeys(kept_store: FileStore) -> None:
    at = datetime.fromisoformat("2026-10-24T10:00")
    kept_store.fill([Event(SITE, n, 0, "leave", at, UUID(int=n), path="/") for n in range(1, 8)])
    days = {"site": SITE, "from": "2026-10-24", "to": "2026-10-24"}
    for anchor in ({}, {"start": {"page": "*"}}, {"end": {"page": "*"}, "group": "folder"}, {"include": ["click"]}):
        answer = await journey(kept_store, days | anchor | {"steps": 2, "open": 0})
        assert (answer["visits"], answer["matched"], answer["links"]) == (0, 0, [])
        assert answer["columns"] == [{"nodes": [], "other": {"visits": 0, "distinct": 0}, "left": 0}] * 2
        assert answer["opened"] == {"column": 0, "nodes": [], "withheld": {"visits": 0, "distinct": 0}}
    answer = await funnel(kept_store, days | {"steps": [{"page": "*"}, {"page": "*"}]})
    assert (answer["visits"], [step["visits"] for step in answer["steps"]]) == (0, [0, 0])


async def test_settled_visits_are_read_without_their_events(store: FileStore) -> None:
    at = datetime.fromisoformat("2026-10-24T10:00")
    store.fill([Event(SITE, 1, 0, "pageview", at, UUID(int=1), path="/")])
    store.settle()
    days = {"site": SITE, "from": "2026-10-24", "to": "2026-10-24", "include": ["page", "click"], "group": "folder"}
    assert (await journey(store, days | {"start": {"page": "/"}, "open": 0}))["matched"] == 1
    assert (await funnel(store, days | {"steps": [{"page": "/"}, {"click": "*"}]}))["visits"] == 1
    assert len(await recent_visits(store, SiteFacts(SITE, NO_ZONE, 1), at.replace(tzinfo=UTC))) == 1
    assert not [sql for sql in store.statements if re.search(r"\bFROM event\b", sql)]
