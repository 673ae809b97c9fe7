"""Schemathesis asks the whole API by its own description, as everybody who may come.

Nothing fails (500), answers an undescribed status or content type, or holds a field that its schema does not name; and
what the description forbids is refused. `API_FUZZ=200` makes that many requests of each route instead of a few.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from tests.dashboard.conftest import EMAIL, PASSWORD
from tests.dashboard.prepared import prepare
from tests.privacy.browser import Person
from tests.processes import Process, byleave
from tests.wire import SITE, beacon

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("API_FUZZ", "0"))
FEW = 4
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,allow_header_conformance"
)
# Of its own accord it takes neither a body too large nor a consent withdrawn for a refusal.
REFUSED = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "410", "413", "415"]
"""
# Boundaries of every field are tried once: whose request it is makes no difference to them.
PHASES = {"reads": "coverage,fuzzing", "sends events": "coverage,fuzzing"}


@dataclass
class Served:
    """A server with some visits, its description as strict as it can be read, and what everybody shows at the door."""

    server: Process
    description: Path
    doors: dict[str, list[str]]
    known: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fuzz")
    with byleave(folder, rate_limit="off") as product:
        tokens = asyncio.run(prepare(product.data, k=1))
        server = product.start("serve")
        visitor = [visited(server) for _ in range(4)][-1]
        with urlopen(f"{server.url}/api/v1/openapi.json") as answer:
            described = json.loads(answer.read())
        (folder / "openapi.json").write_text(json.dumps(closed(described)))
        today = datetime.now(UTC).date()
        known = {"site": SITE, "t": visitor.held["token"], "to": f"{today}", "from": f"{today - timedelta(days=7)}"}
        yield Served(server, folder / "openapi.json", doors(server, tokens), known)
        assert server.child.poll() is None
        assert "a page failed" not in product.log.read_text()


def visited(server: Process) -> Person:
    """Somebody who did one thing of each kind."""
    person = Person(server.url)
    person.read("/", "/a", "/b")
    order = {"k": "event", "p": "/a", "x": "order", "m": {"size": "large"}, "b": 2.5, "u": "EUR", "a": 0}
    left = {"k": "leave", "p": "/a", "d": 3, "s": 40, "a": 0}
    away = {"k": "click", "p": "/a", "x": "https://elsewhere.example/", "y": "outbound", "a": 0}
    person.post("/c/events", beacon(person.held["token"], order, left, away, v=person.visit, i=3))
    return person


def closed(described: dict[str, Any]) -> dict[str, Any]:
    """The description with every object of an answer closed: a field that it does not name is then a failure."""
    asked = {"Query", "Journeys", "Funnel", "Beacon", "Pageview", "Click", "Leave", "Custom", "Step", "Problem"}
    for name, schema in described["components"]["schemas"].items():
        if name not in asked:
            _close(schema)
    return described


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)


def doors(server: Process, tokens: dict[str, str]) -> dict[str, list[str]]:
    """The headers of everybody."""
    cookies = CookieJar()
    browser = build_opener(HTTPCookieProcessor(cookies))
    with browser.open(f"{server.url}/sign-in") as form:
        proof = re.search(r'name="csrf" value="([^"]+)"', form.read().decode())
    assert proof
    sent = {"csrf": proof[1], "email": EMAIL, "password": PASSWORD}
    browser.open(f"{server.url}/sign-in", urlencode(sent).encode()).close()
    held = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
    return {
        "nobody": [],
        "reads": [f"Authorization: Bearer {tokens['read']}"],
        "sends events": [f"Authorization: Bearer {tokens['events']}"],
        "owner": [f"Cookie: {held}", "Sec-Fetch-Site: same-origin"],
    }


@pytest.mark.timeout(3_000 if EXAMPLES else 120)
@pytest.mark.parametrize("who", ["nobody", "reads", "sends events", "owner"])
def test_the_api_is_as_it_describes_itself(served: Served, tmp_path: Path, who: str) -> None:
    only = ["--include-path", "/events"] if who == "sends events" else []
    (tmp_path / "schemathesis.toml").write_text(REFUSED)
    headers = [part for header in served.doors[who] for part in ("-H", header)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(served.description)),
            *("--url", f"{served.server.url}/api/v1", *headers, *only),
            *("--checks", CHECKS, "--phases", PHASES.get(who, "fuzzing")),
            *("--max-examples", str(EXAMPLES or FEW), "--no-color", "--warnings", "off", "--continue-on-failure"),
            *(["--generation-database", "none"] if EXAMPLES else ["--generation-deterministic"]),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
            "SCHEMATHESIS_HOOKS": "tests.dashboard.fuzzing",
            "FUZZ_KNOWN": json.dumps(served.known),
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ generated", done.stdout)
