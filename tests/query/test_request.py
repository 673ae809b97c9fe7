"""What a query may not ask: each refusal names the field at fault."""

import json
from typing import Any

import pytest

from dashboard.journeys import FunnelRequest, decode_funnel, decode_journey
from dashboard.query.request import BadQuery, QueryRequest, decode

GOOD: dict[str, Any] = {"site": "example.com", "from": "2026-10-01", "to": "2026-10-31", "metrics": ["visits"]}
JOURNEY: dict[str, Any] = {"site": "example.com", "from": "2026-10-01", "to": "2026-10-31"}
FUNNEL = JOURNEY | {"steps": [{"page": "/"}, {"page": "/b"}]}

QUERIES: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", {"colour": 1}, "colour"),
    ("site of the wrong type", {"site": 1}, "site"),
    ("site with NUL", {"site": "a\0b"}, "site"),
    ("no metric", {"metrics": []}, "metrics"),
    ("unknown metric", {"metrics": ["visits", "hits"]}, "metrics[1]"),
    ("metric of the wrong type", {"metrics": ["visits", 5]}, "metrics[1]"),
    ("metric twice", {"metrics": ["visits", "visits"]}, "metrics"),
    ("conversions without a goal", {"metrics": ["conversions"]}, "goal"),
    ("goal of no kind", {"goal": {"leave": "*"}}, "goal"),
    ("goal of two kinds", {"goal": {"page": "*", "click": "*"}}, "goal"),
    ("empty goal", {"goal": []}, "goal"),
    ("unknown dimension", {"dimensions": ["source", "colour"]}, "dimensions[1]"),
    ("SQL for a dimension", {"dimensions": ["source; DROP TABLE event"]}, "dimensions[0]"),
    ("unknown time bucket", {"dimensions": ["time:year"]}, "dimensions[0]"),
    ("two time buckets", {"dimensions": ["time:day", "time:hour"]}, "dimensions"),
    ("property without a key", {"dimensions": ["prop:"]}, "dimensions[0]"),
    ("property with a long key", {"dimensions": ["prop:" + "a" * 65]}, "dimensions[0]"),
    ("property with NUL", {"dimensions": ["prop:a\0"]}, "dimensions[0]"),
    ("too many dimensions", {"dimensions": ["source", "channel", "os", "city", "ad"]}, "dimensions"),
    ("clicks and events at once", {"dimensions": ["click", "event"]}, "dimensions"),
    ("two kinds of click at once", {"dimensions": ["outbound", "download"]}, "dimensions"),
    ("pageviews by click", {"metrics": ["pageviews"], "dimensions": ["click"]}, "metrics[0]"),
    ("events by click", {"metrics": ["visits", "events"], "dimensions": ["form"]}, "metrics[1]"),
    ("clicks by property", {"metrics": ["clicks"], "dimensions": ["prop:plan"]}, "metrics[0]"),
    ("unknown operator", {"filters": [["like", "source", ["a"]]]}, "filters[0][0]"),
    ("unknown filter", {"filters": [["is", "colour", ["a"]]]}, "filters[0][1]"),
    ("filter on time", {"filters": [["is", "time:day", ["a"]]]}, "filters[0][1]"),
    ("filter of no value", {"filters": [["is", "source", []]]}, "filters[0][2]"),
    ("filter of a bare value", {"filters": [["is", "source", "a"]]}, "filters[0][2]"),
    ("filter of two parts", {"filters": [["is", "source"]]}, "filters[0]"),
    ("value of the wrong type", {"filters": [["is", "source", [1]]]}, "filters[0][2][0]"),
    ("value with NUL", {"filters": [["is", "source", ["\0"]]]}, "filters[0][2]"),
    ("value too long", {"filters": [["is", "source", ["a" * 2049]]]}, "filters[0][2]"),
    ("too many values", {"filters": [["is", "source", ["a"] * 101]]}, "filters[0][2]"),
    ("too many filters", {"filters": [["is", "source", ["a"]]] * 21}, "filters"),
    ("no date", {"from": "yesterday"}, "from"),
    ("no such day", {"to": "2026-02-30"}, "to"),
    ("a date without dashes", {"to": "20261031"}, "to"),
    ("a week date", {"from": "2026-W40-1"}, "from"),
    ("digits of another script", {"from": "２０２６-10-01"}, "from"),
    ("no such hour", {"from": "2026-10-01T25:00"}, "from"),
    ("no such offset", {"from": "2026-10-01T10:00+99:00"}, "from"),
    ("before time began", {"from": "0001-01-01"}, "from"),
    ("after it ends", {"to": "9999-12-31"}, "to"),
    ("from after to", {"from": "2026-11-01"}, "from"),
    ("from after to within a day", {"from": "2026-10-31T10:00", "to": "2026-10-31T09:00"}, "from"),
    ("unknown comparison", {"compare": "month"}, "compare"),
    ("order by what is not asked", {"order": [["pageviews", "desc"]]}, "order[0][0]"),
    ("order in no direction", {"order": [["visits", "down"]]}, "order[0][1]"),
    ("negative limit", {"limit": -1}, "limit"),
    ("huge limit", {"limit": 10**20}, "limit"),
    ("limit of the wrong type", {"limit": "5"}, "limit"),
    ("negative offset", {"offset": -1}, "offset"),
]


@pytest.mark.parametrize(("change", "field"), [case[1:] for case in QUERIES], ids=[case[0] for case in QUERIES])
def test_a_bad_query_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuery) as refused:
        decode(json.dumps(GOOD | change).encode())
    assert refused.value.field == field
    assert refused.value.detail.endswith(".")


NAMED: list[tuple[str, dict[str, Any], str]] = [
    ("field", {"colour": 1}, "colour"),
    ("metric", {"metrics": ["hits"]}, "hits"),
    ("dimension", {"dimensions": ["colour"]}, "colour"),
    ("filtered dimension", {"filters": [["is", "colour", ["a"]]]}, "colour"),
    ("operator", {"filters": [["like", "source", ["a"]]]}, "like"),
    ("order", {"order": [["luck", "desc"]]}, "luck"),
    ("direction", {"order": [["visits", "down"]]}, "down"),
    ("comparison", {"compare": "month"}, "month"),
    ("goal", {"goal": {"leave": "*"}}, "leave"),
    ("date", {"from": "yesterday"}, "yesterday"),
    ("date too far", {"to": "9999-12-31"}, "9999-12-31"),
    ("long name", {"metrics": ["x" * 1000]}, "“" + "x" * 64 + "…”"),
    ("name that cannot be printed", {"metrics": ["a\n\x1b\u202eb"]}, "“a???b”"),
]


@pytest.mark.parametrize(("change", "name"), [case[1:] for case in NAMED], ids=[case[0] for case in NAMED])
def test_what_is_unknown_is_named(change: dict[str, Any], name: str) -> None:
    with pytest.raises(BadQuery) as refused:
        decode(json.dumps(GOOD | change).encode())
    assert name in refused.value.detail
    assert len(refused.value.detail) < 600


BODIES = [
    ("nothing", b""),
    ("no JSON", b"site=example.com"),
    ("no object", b"[]"),
    ("cut short", json.dumps(JOURNEY).encode()[:-1]),
    ("no UTF-8", json.dumps(JOURNEY).encode().replace(b"example", b"\xff")),
    ("nested deep", b"[" * 60_000),
    ("too long", json.dumps(GOOD | {"site": "a" * 70_000}).encode()),
]


@pytest.mark.parametrize("body", [case[1] for case in BODIES], ids=[case[0] for case in BODIES])
def test_a_body_that_is_no_query_is_refused(body: bytes) -> None:
    for read in (decode, decode_journey, decode_funnel):
        with pytest.raises(BadQuery) as refused:
            read(body)
        assert refused.value.field == "body"


def test_a_deep_value_is_refused_by_its_own_field() -> None:
    with pytest.raises(BadQuery):
        decode(json.dumps(GOOD).encode()[:-1] + b',"goal":' + b"[" * 30_000 + b"]" * 30_000 + b"}")


@pytest.mark.parametrize("field", list(GOOD))
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(BadQuery) as refused:
        decode(json.dumps({name: value for name, value in GOOD.items() if name != field}).encode())
    assert refused.value.field == field


def test_a_request_built_in_code_is_checked_too() -> None:
    with pytest.raises(BadQuery):
        QueryRequest(site="example.com", start="2026-10-02", end="2026-10-01", metrics=["visits"])


JOURNEYS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown field", {"colour": 1}, "colour"),
    ("two anchors", {"start": {"page": "/"}, "end": {"page": "/"}}, "end"),
    ("an anchor of no kind", {"start": {"leave": "/"}}, "start"),
    ("an anchor that is not included", {"through": {"click": "*"}}, "through"),
    ("nothing included", {"include": []}, "include"),
    ("a kind twice", {"include": ["page", "page"]}, "include"),
    ("an unknown kind", {"include": ["leave"]}, "include[0]"),
    ("an unknown group", {"group": "word"}, "group"),
    ("no step", {"steps": 0}, "steps"),
    ("too many steps", {"steps": 11}, "steps"),
    ("no node", {"top": 0}, "top"),
    ("a column that is not there", {"steps": 3, "open": 3}, "open"),
    ("a negative column", {"open": -1}, "open"),
    ("from after to", {"from": "2026-11-01"}, "from"),
    ("a bad filter", {"filters": [["is", "colour", ["a"]]]}, "filters[0][1]"),
]


@pytest.mark.parametrize(("change", "field"), [case[1:] for case in JOURNEYS], ids=[case[0] for case in JOURNEYS])
def test_a_bad_journey_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuery) as refused:
        decode_journey(json.dumps(JOURNEY | change).encode())
    assert refused.value.field == field


FUNNELS: list[tuple[str, dict[str, Any], str]] = [
    ("one step", {"steps": [{"page": "/"}]}, "steps"),
    ("nine steps", {"steps": [{"page": "/"}] * 9}, "steps"),
    ("a step of no kind", {"steps": [{"page": "/"}, {}]}, "steps[1]"),
    ("a step that is not included", {"steps": [{"page": "/"}, {"event": "*"}]}, "steps[1]"),
    ("an unknown mode", {"mode": "tight"}, "mode"),
]


@pytest.mark.parametrize(("change", "field"), [case[1:] for case in FUNNELS], ids=[case[0] for case in FUNNELS])
def test_a_bad_funnel_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuery) as refused:
        decode_funnel(json.dumps(FUNNEL | change).encode())
    assert refused.value.field == field


def test_a_good_funnel_is_read() -> None:
    assert isinstance(decode_funnel(json.dumps(FUNNEL).encode()), FunnelRequest)
