"""Whatever is sent to the API is answered with a problem that says so, never with a stumble."""

import httpx2
import pytest

from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House

BODIES = {
    "a million brackets": b"[" * 1_000_000,
    "60 000 brackets": b"[" * 60_000,
    "deep objects": b'{"site":' * 8_000,
    "deep in a field": b'{"filters":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep in an unknown field": b'{"z":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "nothing": b"",
    "null": b"null",
    "not a number": b'{"site":NaN}',
    "no UTF-8": b"\xff\xfe",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a lone surrogate": b'{"site":"\\ud800"}',
    "beyond a double": b'{"limit":1e999}',
    "10 000 digits": b'{"limit":' + b"9" * 10_000 + b"}",
}
VALUES = (
    "\0",
    "[" * 3000,
    "é" * 100,
    "NaN",
    "1e999",
    "9" * 5000,
    "-1",
    "{}",
    "2026-02-30",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
)


@pytest.mark.parametrize("name", ["query", "journeys", "funnel"])
async def test_a_body(house: House, owner: httpx2.AsyncClient, name: str) -> None:
    for what, body in BODIES.items():
        answer = await owner.post(f"/api/v1/{name}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 413), what
        assert answer.headers["content-type"] == "application/problem+json", what


@pytest.mark.parametrize("name", ["export", "coverage", "visits"])
async def test_an_address(house: House, owner: httpx2.AsyncClient, name: str) -> None:
    for value in VALUES:
        asked = {"site": SITE, "q": value, "limit": value, "from": value, "to": value, "format": "csv"}
        answer = await owner.get(f"/api/v1/{name}", params=asked)
        assert answer.status_code == 400, value
        assert answer.json()["detail"]
