"""A POST answers the same whether the server takes an answer whole or in the two messages of ASGI."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector import metrics
from collector.app import CollectorApp
from collector.http import EXTENSIONS, WHOLE, unlined
from collector.routes.health import Health
from tests.wire import CHROME, ORIGIN, Running, beacon, running

HEADERS = {"host": "hello.test", "origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}


async def answered(app: CollectorApp, parts: list[bytes], whole: bool, **changes: Any) -> tuple[Any, Any, Any, int]:
    """Status, headers and body of an answer, and the number of messages that it took."""
    headers = [(name.encode(), value.encode()) for name, value in {**HEADERS, **changes.pop("headers", {})}.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/c/events",
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    scope |= {"extensions": EXTENSIONS} if whole else {}
    waiting, sent = list(parts), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({**scope, **changes}, receive, send)
    assert sent[0]["type"] == (WHOLE if len(sent) == 1 else "http.response.start")
    headers = unlined(sent[0]["head"]) if len(sent) == 1 else sent[0]["headers"]
    return sent[0]["status"], sorted(headers), sent[-1]["body"], len(sent)


CASES: list[tuple[str, dict[str, Any], int]] = [
    ("stored", {}, 202),
    ("a signal", {"headers": {"sec-gpc": "1"}}, 204),
    ("a foreign origin", {"headers": {"origin": "https://evil.test"}}, 403),
    ("another method", {"method": "GET"}, 405),
    ("only the head", {"method": "HEAD"}, 405),
]


@pytest.mark.parametrize(("changes", "status"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
async def test_the_answer_is_the_same(tmp_path: Path, changes: dict[str, Any], status: int) -> None:
    async with running(tmp_path) as live:
        app = _app(live)
        body = msgspec.json.encode(beacon((await live.consent())["token"]))
        *plain, two = await answered(app, [body], whole=False, **changes)
        *whole, one = await answered(app, [body[:100], body[100:300], body[300:]], whole=True, **changes)
        assert plain == whole
        assert plain[0] == status
        assert (two, one) == (2, 1 if changes.get("method", "POST") == "POST" else 2)
        assert (b"content-length", b"%d" % len(plain[2])) in plain[1]


async def test_outcomes_are_counted_and_shown(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        token = (await live.consent())["token"]
        before = dict(metrics.accepted), dict(metrics.refused)
        leave = {"k": "leave", "p": "/", "d": 3, "s": 50, "a": 0}
        await live.post("/c/events", beacon(token, leave, leave))
        await live.post("/c/events", beacon(token), origin="https://evil.test")
        assert metrics.accepted["leave"] == before[0]["leave"] + 2
        assert metrics.refused["origin-not-allowed"] == before[1]["origin-not-allowed"] + 1
        shown = (await live.client.get("/metrics")).text
        assert f'byleave_events_accepted_total{{kind="leave"}} {float(metrics.accepted["leave"])}' in shown
        refused = float(metrics.refused["origin-not-allowed"])
        assert f'byleave_refusals_total{{reason="origin-not-allowed"}} {refused}' in shown


def _app(live: Running) -> CollectorApp:
    return CollectorApp(live.context, Health(live.context.follower, live.context))
