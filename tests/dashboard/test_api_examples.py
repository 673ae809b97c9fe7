"""docs/api.md: each example runs as it stands against a server on disk, and its answer looks as it is shown there."""

import asyncio
import json
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from collector.store.duckdb import DuckStore
from collector.store.generation import Place
from collector.store.writer import Queued
from dashboard.api import ROUTES
from tests.dashboard.believable import lines
from tests.dashboard.prepared import prepare
from tests.privacy.browser import Person
from tests.processes import byleave
from tests.rows import batch
from tests.wire import SITE

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
TODAY = datetime.now(UTC).date()
# The one thing that is not run as it stands: days on which there are visits.
DAYS = {"2026-10-01": f"{TODAY - timedelta(days=30)}", "2026-10-31": f"{TODAY}"}
EXPIRED = "2024-09-07"  # within the days of the page's example


class Section(NamedTuple):
    """What the page says of one route: its blocks, by their language."""

    title: str
    blocks: dict[str, list[str]]


def sections() -> list[Section]:
    """The parts of the page that hold examples."""
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)
    found = []
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        blocks: dict[str, list[str]] = {}
        for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            blocks.setdefault(language, []).append(dated(block))
        found.append(Section(title.strip("`"), blocks))
    return found


def dated(text: str) -> str:
    for shown, day in DAYS.items():
        text = text.replace(shown, day)
    return text


SECTIONS = {section.title: section.blocks for section in sections()}
BEGINNING = SECTIONS["Who may ask"]["python"][0]
RUN = [title for title in SECTIONS if title.startswith(("GET ", "POST ", "Errors"))]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the examples find in their environment: the server, tokens and a visitor on a page."""
    folder = tmp_path_factory.mktemp("examples")
    with byleave(folder) as product:
        tokens = asyncio.run(prepare(product.data))
        asyncio.run(filled(product.data))
        server = product.start("serve")
        visitor = Person(server.url)
        visitor.read("/", "/signup")
        time.sleep(1)  # loaded
        yield {
            "BYLEAVE": server.url,
            "TOKEN": tokens["read"],
            "EVENTS_TOKEN": tokens["events"],
            "VISITOR": visitor.held["token"],
            "VISIT": visitor.visit,
        }


async def filled(data: Path) -> None:
    """Two months of visits, and the totals of a day whose rows have expired."""
    store = await DuckStore.open(Place(data))
    rows = list(lines(600, datetime.now(UTC).replace(tzinfo=None)))
    await store.load([Queued(secrets.token_hex(16), time.monotonic_ns(), batch(*rows))])
    await store.close()
    name = (data / "events/CURRENT").read_text().strip()
    kept = [("", "", 31, 80), ("channel", "Search", 20, 50), ("channel", "", 11, 30), ("country", "DE", 31, 80)]
    with duckdb.connect(str(data / f"events/{name}.duckdb")) as db:
        for dimension, named, visits, pageviews in kept:
            db.execute(
                "INSERT INTO total VALUES (?, ?, ?, ?, ?, ?)", [SITE, EXPIRED, dimension, named, visits, pageviews]
            )


def test_every_route_of_the_api_has_its_section() -> None:
    routes = {f"{'POST' if 'POST' in (route.methods or ()) else 'GET'} /api/v1{route.path}" for route in ROUTES}
    assert {title for title in RUN if title != "Errors"} == routes
    assert all({"sh", "python"} <= set(SECTIONS[title]) for title in RUN if title != "Errors")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("title", RUN)
def test_with_curl(served: dict[str, str], title: str) -> None:
    blocks = SECTIONS[title]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", blocks["sh"][0]],
        env={**os.environ, **served}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if "csv" in blocks:
        shown, got = blocks["csv"][0].splitlines(), done.stdout.splitlines()
        assert got[0] == shown[0]
        assert len(got) >= len(shown) > 1
        assert {len(row.split(",")) for row in got} == {len(shown[0].split(","))}
    else:
        looks(title, blocks, json.loads(done.stdout))


@pytest.mark.parametrize("title", [title for title in RUN if "python" in SECTIONS[title]])
def test_in_python(served: dict[str, str], title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    names: dict[str, Any] = {}
    exec(BEGINNING + SECTIONS[title]["python"][0], names)
    looks(title, SECTIONS[title], names["answer"])


def looks(title: str, blocks: dict[str, list[str]], answer: Any) -> None:
    """Fails where an answer does not have the shape that is shown."""
    if os.environ.get("SHOW"):
        print(json.dumps(answer))
    if "json" in blocks:
        same(json.loads(blocks["json"][0]), answer, title)
    else:
        assert answer["openapi"].startswith("3.1")


def same(shown: Any, got: Any, where: str) -> None:
    """The same keys and kinds of values; a list has more of what it shows. Null stands for anything."""
    if isinstance(shown, dict):
        assert isinstance(got, dict) and set(shown) == set(got), where
        for name, value in shown.items():
            same(value, got[name], f"{where}.{name}")
    elif isinstance(shown, list):
        assert isinstance(got, list) and bool(shown) == bool(got), where
        for place, value in enumerate(got):
            same(shown[min(place, len(shown) - 1)], value, f"{where}[{place}]")
    elif shown is not None and got is not None:
        kinds = [float if type(value) in (int, float) else type(value) for value in (shown, got)]
        assert kinds[0] is kinds[1], where
