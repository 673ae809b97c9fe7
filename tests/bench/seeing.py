"""How soon an owner sees a click: from the click to the report that counts it."""

import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import msgspec

from tests.bench.row import Row
from tests.processes import byleave
from tests.wire import CHROME, ORIGIN, SITE, beacon, yes

CLICKS = 10
TAG_WAITS_S = 0.4
"""How long the tag gathers events before it sends them."""
MOST_S = 2.0
GIVE_UP_S = 20.0


def rows(folder: Path) -> list[Row]:
    """The slowest of several clicks, sent and asked for over HTTP."""
    with byleave(folder, rate_limit="off") as product:
        product.run("site", "add", SITE, "--controller", "Example Ltd", "--contact", "privacy@example.com")
        secret = msgspec.json.decode(product.run("token", "create", SITE, "--json"))["token"]
        url = product.start("serve").url
        token = _post(f"{url}/c/consent", yes(notice=_notice(url)), _BROWSER)["token"]
        slowest = max(_seen_after(url, token, secret, number + 1) for number in range(CLICKS))
    total = TAG_WAITS_S + slowest
    measured = f"{total:.2f} ({TAG_WAITS_S} in the tag, then {slowest:.2f}; slowest of {CLICKS})"
    return [Row("seconds from click to dashboard", "≤ 2", measured, total <= MOST_S)]


_BROWSER = {"Origin": ORIGIN, "Content-Type": "text/plain", "User-Agent": CHROME}


def _seen_after(url: str, token: str, secret: str, clicks: int) -> float:
    """Seconds from sending one more click to the first report that counts it."""
    began = time.perf_counter()
    click = {"k": "click", "p": "/", "x": "Order", "y": "button", "a": 0}
    _post(f"{url}/c/events", beacon(token, click), _BROWSER)
    while _clicks(url, secret) < clicks:
        assert time.perf_counter() - began < GIVE_UP_S, "the click does not appear"
        time.sleep(0.02)
    return time.perf_counter() - began


def _clicks(url: str, secret: str) -> int:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    asked = {"site": SITE, "from": day, "to": day, "metrics": ["clicks"]}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return int(_post(f"{url}/api/v1/query", asked, headers)["totals"]["clicks"])


def _notice(url: str) -> str:
    with urlopen(f"{url}/c/site/{SITE}.json", timeout=10) as answer:
        return str(msgspec.json.decode(answer.read())["notice"])


def _post(url: str, body: object, headers: dict[str, str]) -> dict[str, Any]:
    with urlopen(Request(url, msgspec.json.encode(body), headers), timeout=10) as answer:
        found: dict[str, Any] = msgspec.json.decode(answer.read())
        return found
