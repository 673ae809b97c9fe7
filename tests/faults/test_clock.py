"""The server's clock steps back an hour, and forward again, while people browse."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from tests.faults.house import ask, hurry, load_all
from tests.processes import Byleave, Process, stored_rows
from tests.visitors import AGENTS
from tests.wire import ORIGIN, beacon, yes

HOUR = 3600
AT = "SELECT epoch(occurred_at)::BIGINT FROM event WHERE path = $path"


class Shifted:
    """A server whose clock a test sets, and a browser that talks to it."""

    def __init__(self, product: Byleave, server: Process, clock: Path) -> None:
        self.product = product
        self._server = server
        self._clock = clock

    def step(self, seconds: int) -> None:
        """Set the clock so far off; returns when the server has seen it."""
        self._clock.write_text(str(seconds))
        time.sleep(0.2)

    def post(self, path: str, body: Any) -> httpx2.Response:
        headers = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": AGENTS[0].text}
        return httpx2.post(
            self._server.url + path, content=msgspec.json.encode(body), headers=headers, trust_env=False, timeout=5
        )

    def consent(self) -> str:
        """Say yes; the token."""
        answer = self.post("/c/consent", yes())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def view(self, token: str, path: str, age: int = 0) -> dict[str, Any]:
        """A batch of one pageview, `age` milliseconds old."""
        return beacon(token, {"k": "pageview", "p": path, "r": "", "a": age})


@pytest.fixture
def shifted(product: Byleave, tmp_path: Path) -> Iterator[Shifted]:
    clock = tmp_path / "clock"
    clock.write_text("0")
    hurry(product)
    product.environment["FAULT_CLOCK"] = str(clock)
    yield Shifted(product, product.start("serve"), clock)


def times(shifted: Shifted, path: str) -> list[int]:
    """When the stored events of a path happened, in Unix seconds."""
    return [int(str(row[0])) for row in stored_rows(shifted.product.data, AT, {"path": path})]


def test_an_hour_back_and_forward_again(shifted: Shifted) -> None:
    began = int(time.time())
    token = shifted.consent()
    batch = shifted.view(token, "/before")
    assert shifted.post("/c/events", batch).status_code == 202
    waiting = shifted.view(token, "/waits", age=1000)

    shifted.step(-HOUR)
    # The token is of the future now: our clock is wrong, not the visitor (WIRE). It waits, it is not thrown away.
    refused = shifted.post("/c/events", waiting)
    assert (refused.status_code, refused.json()["type"]) == (503, "clock-wrong")
    assert refused.headers["retry-after"] == "60"
    young = shifted.consent()
    assert shifted.post("/c/events", shifted.view(young, "/back", age=10_000)).status_code == 202
    status = ask(shifted.product, "status")
    assert status["healthy"]
    assert abs(datetime.fromisoformat(status["complete_to"]).timestamp() + HOUR - time.time()) < 10
    assert shifted.post("/c/withdraw", {"t": token}).status_code == 204
    assert shifted.post("/c/events", waiting).status_code in (410, 503)
    other = shifted.consent()

    shifted.step(0)
    for again in (waiting, batch):
        assert shifted.post("/c/events", again).status_code == 410
    for name in ("/forth", "/forth"):
        assert shifted.post("/c/events", shifted.view(other, name, age=HOUR * 1000)).status_code == 202
    ended = finish(shifted)

    assert times(shifted, "/before") == times(shifted, "/waits") == []
    (back,) = times(shifted, "/back")
    assert began - HOUR <= back <= ended - HOUR, "not before its consent, which this clock dates an hour back"
    assert all(began - HOUR <= at <= ended - HOUR for at in times(shifted, "/forth"))
    assert len(times(shifted, "/forth")) == 2


STEPS = ((-HOUR, 0), (HOUR, 0), (0, HOUR), (0, -HOUR))


def test_a_retry_is_recognised_across_a_step(shifted: Shifted) -> None:
    """Nonces are pruned by the clock, segments removed meanwhile: neither may double a batch within its hour."""
    shifted.step(-2 * HOUR)
    token = shifted.consent()
    for number, steps in enumerate(STEPS):
        batch = shifted.view(token, f"/once/{number}")
        for off in steps:
            shifted.step(off)
            assert shifted.post("/c/events", batch).status_code == 202
            # Several checkpoints, each of which prunes.
            time.sleep(0.4)
    finish(shifted)
    assert [len(times(shifted, f"/once/{number}")) for number in range(len(STEPS))] == [1] * len(STEPS)


def finish(shifted: Shifted) -> int:
    """Stop the server, load what it left; returns the true time."""
    shifted.product.stop()
    asyncio.run(load_all(shifted.product.data))
    return int(time.time())
