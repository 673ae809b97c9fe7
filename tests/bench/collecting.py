"""The write side under load: acknowledgements against a bare endpoint, events a second, their p99, and memory."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import msgspec

from tests.bench import machine
from tests.bench.generator import Requests, numbered, pace, saturate
from tests.bench.row import Row
from tests.processes import byleave, free_port
from tests.visitors import ADDRESSES, AGENTS
from tests.wire import ORIGIN, SITE, random16, yes

VISITORS = 200
ROUNDS = 3
ROUND_S = 3.0
WARM_S = 1.0
PACED_S = 10.0
BATCH = 10
MEMORY_EVENTS = 1_000_000
CONTROLLER = ("--controller", "Example Ltd", "--contact", "privacy@example.com")


class Target(NamedTuple):
    """A server under load: its process, its port, and the status of a good answer."""

    pid: int
    port: int
    status: int

    def rate(self, requests: Requests) -> tuple[float, float]:
        """Answers a second of one round, by the clock and by the processor time that the server had for them."""
        before = machine.busy_seconds(self.pid)
        answers = saturate(self.port, requests, self.status, ROUND_S)
        busy = (machine.busy_seconds(self.pid) - before) / answers.seconds
        print(f"  {self.status}: {answers.rate:,.0f} a second, the server's core {busy:.0%} busy with it", flush=True)
        return answers.rate, answers.rate / busy


def rows(folder: Path) -> list[Row]:
    """Measure a collector on one core while this process loads it from another."""
    with byleave(folder, rate_limit="off", trusted_proxies="127.0.0.1") as product, machine.on_core(machine.LOAD_CORE):
        product.run("site", "add", SITE, *CONTROLLER)
        with machine.on_core(machine.SERVER_CORE):
            collector = product.start("collect")
        with bare_server() as bare:
            return _measured(Target(collector.child.pid, collector.port, 202), bare)


@contextmanager
def bare_server() -> Iterator[Target]:
    """A bare endpoint on the server's core."""
    port = free_port()
    with machine.on_core(machine.SERVER_CORE):
        child = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port)])
    try:
        deadline = time.monotonic() + 15
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=2):
                    break
            except OSError:
                assert time.monotonic() < deadline, "the bare endpoint does not answer"
                time.sleep(0.05)
        yield Target(child.pid, port, 204)
    finally:
        child.terminate()
        child.wait(10)


def _measured(collector: Target, bare: Target) -> list[Row]:
    port = collector.port
    single, tens = numbered(prepared(port, 1)), numbered(prepared(port, BATCH))
    for target, requests in ((bare, single), (collector, single), (collector, tens)):
        saturate(target.port, requests, target.status, WARM_S)
    acknowledged, ratio = _against_bare(single, collector, bare)
    batches = statistics.median(collector.rate(tens)[0] for _ in range(ROUNDS))
    paced = pace(port, tens, collector.status, PACED_S, batches / 2)
    memory = _memory_after(collector, tens)
    return [
        Row(
            "durable single-event acknowledgements a second on one core ÷ a bare uvicorn 204 endpoint on that core",
            "≥ 0.40", f"{ratio:.2f} ({acknowledged:,.0f} a second)", ratio >= 0.40,
        ),
        Row(
            "events a second on one core in batches of 10",
            "≥ 60 000", f"{batches * BATCH:,.0f}", batches * BATCH >= 60_000,
        ),
        Row(
            "p99 of an acknowledgement at half that load",
            "≤ 25 ms", f"{paced.percentile(0.99) * 1000:.1f} ms", paced.percentile(0.99) <= 0.025,
        ),
        Row(
            "anonymous memory of a collect process after 1 M events",
            "≤ 120 MB", f"{memory / 1e6:.0f} MB", memory <= 120e6,
        ),
    ]  # fmt: skip


def _against_bare(single: Requests, collector: Target, bare: Target) -> tuple[float, float]:
    """Acknowledgements a second, and their ratio to the bare endpoint: medians of rounds taken in turn.

    The bare endpoint can be faster than the generator: its processor time says what it would do with a core of its own.
    The collector is given no such allowance, so the ratio is never flattered.
    """
    rounds = [(bare.rate(single)[1], collector.rate(single)[0]) for _ in range(ROUNDS)]
    return statistics.median(ours for _, ours in rounds), statistics.median(ours / base for base, ours in rounds)


def _memory_after(collector: Target, tens: Requests) -> int:
    """Bytes of anonymous memory once at least MEMORY_EVENTS more events were acknowledged."""
    sent = 0
    while sent < MEMORY_EVENTS:
        sent += saturate(collector.port, tens, collector.status, ROUND_S).count * BATCH
    return machine.anonymous_bytes(collector.pid)


def prepared(port: int, events: int) -> list[tuple[bytes, bytes]]:
    """A request of each visitor, as the bytes before and after its nonce; each has said yes."""
    return [_template(port, _consented(port, number), _events(events)) for number in range(VISITORS)]


def _consented(port: int, number: int) -> tuple[str, dict[str, str]]:
    """Token and headers of a visitor who has just said yes."""
    headers = {
        "Origin": ORIGIN,
        "Content-Type": "text/plain",
        "User-Agent": AGENTS[number % len(AGENTS)].text,
        "X-Forwarded-For": list(ADDRESSES)[number % len(ADDRESSES)],
    }
    notice = msgspec.json.decode(_get(port, f"/c/site/{SITE}.json"))["notice"]
    said = yes(notice=notice)
    with urlopen(
        Request(f"http://127.0.0.1:{port}/c/consent", msgspec.json.encode(said), headers), timeout=10
    ) as answer:
        return msgspec.json.decode(answer.read())["token"], headers


def _get(port: int, path: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
        return body


def _template(port: int, visitor: tuple[str, dict[str, str]], events: list[dict[str, Any]]) -> tuple[bytes, bytes]:
    """A whole request as the bytes before and after its nonce."""
    token, headers = visitor
    nonce = random16()
    body = msgspec.json.encode({"t": token, "v": random16(), "n": nonce, "i": 0, "e": events})
    lines = [f"POST /c/events HTTP/1.1\r\nHost: 127.0.0.1:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines) + "\r\n\r\n"
    before, _, after = (head.encode() + body).partition(nonce.encode())
    return before, after


def _events(count: int) -> list[dict[str, Any]]:
    """A visit's beginning: pageview, click, leave, and again."""
    found: list[dict[str, Any]] = []
    for number in range(count):
        page = f"/articles/{number}?utm_source=letter"
        found.append(
            (
                {"k": "pageview", "p": page, "r": "https://www.google.com", "a": 400},
                {"k": "click", "p": page, "x": "/pricing", "y": "link", "a": 200},
                {"k": "leave", "p": page, "d": 12, "s": 80, "a": 0},
            )[number % 3]
        )
    return found
