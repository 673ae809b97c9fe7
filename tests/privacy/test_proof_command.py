"""The commands as an operator runs them: beside a server and alone, with exit codes that scripts can use."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import duckdb
import pytest
from blockbuster import BlockBuster

from tests.e2e.test_load import SITE
from tests.processes import Byleave, Process, byleave
from tests.wire import CHROME, ORIGIN, beacon, yes


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path) as found:
        found.run(*SITE)
        yield found


def post(server: Process, path: str, body: object) -> bytes:
    headers = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}
    with urlopen(Request(server.url + path, json.dumps(body).encode(), headers), timeout=10) as answer:
        return bytes(answer.read())


def test_a_store_is_proved_beside_its_server_and_alone(product: Byleave, tmp_path: Path) -> None:
    server = product.start("serve")
    held = [json.loads(post(server, "/c/consent", yes())) for _ in range(3)]
    for one in held:
        post(server, "/c/events", beacon(one["token"]))
    deposited = tmp_path / "head.jwt"
    deposited.write_text(product.run("consent", "head"))
    (tmp_path / "receipt.jwt").write_text(held[1]["receipt"])
    post(server, "/c/withdraw", {"t": held[0]["token"]})
    heads = ("--head", str(deposited), "--head", str(tmp_path / "receipt.jwt"), "--head", held[2]["receipt"])
    beside = json.loads(product.run("consent", "verify", "example.com", "--json", *heads))
    assert server.stop() == 0
    alone = json.loads(product.run("consent", "verify", "--json", *heads))
    for proof in (beside, alone):
        assert (proof["ok"], proof["problem"], proof["rows"], proof["subjects"]) == (True, None, 2, 2)
        assert (proof["records"], proof["sequence"]) == ({"given": 3, "withdrawn": 1}, 4)
        assert [found["what"] for found in proof["findings"]].count("deposited head") == 3
    said = product.run("consent", "verify")
    assert "✓ consent log: 4 records (3 given, 1 withdrawn), one chain" in said
    assert "✓ rows: 2 of 2 subjects" in said
    assert "\nProved, up to record 4 (" in said

    log = product.data / "state.sqlite3"
    name = (product.data / "events" / "CURRENT").read_text().strip()
    with duckdb.connect(str(product.data / "events" / f"{name}.duckdb")) as db:
        db.execute("INSERT INTO event SELECT * REPLACE (uuid() AS subject) FROM event LIMIT 1")
    said = product.run("consent", "verify", code=3)
    assert "✗ rows: A pageview of example.com at " in said
    assert "has no consent record at all." in said
    assert "Not proved" in said
    with sqlite3.connect(log) as state:
        state.execute("UPDATE consent_log SET body = replace(body, 'banner', 'api') WHERE seq = 2")
    state.close()
    found = json.loads(product.run("consent", "verify", "--json", code=3))
    assert not found["ok"]
    assert found["problem"].startswith("Record 2 of ")


def test_what_cannot_be_done_is_said(product: Byleave, tmp_path: Path) -> None:
    assert "byleave site add" in product.run("consent", "verify", "nowhere.test", code=1)
    assert "Give a file or the head itself" in product.run("consent", "verify", "--head", "nothing", code=1)
    (tmp_path / "other").write_text("no head")
    assert "none of the keys" in product.run("consent", "verify", "--head", str(tmp_path / "other"), code=1)


def test_the_demo_is_left_out_loudly(tmp_path: Path, blockbuster: BlockBuster) -> None:
    """Its rows are made up, and so would be records of a consent to them."""
    blockbuster.deactivate()
    with byleave(tmp_path) as product:
        server = product.start("demo", "--events", "2000", "--data", str(product.data))
        assert server.stop() == 0
        said = product.run("consent", "verify")
        assert "made-up rows of the demo, which nobody consented to: left out" in said
        assert json.loads(product.run("consent", "verify", "--json"))["made_up"] > 1_800
