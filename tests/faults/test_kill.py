"""kill -9 in the middle of the load: nothing acknowledged is missing, nothing is there twice."""

import asyncio
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from tests.e2e.test_load import SITE, assert_stored_once
from tests.load import Sent, send_all
from tests.processes import Byleave, Process, byleave, free_port
from tests.visitors import Visitor, visitors

KILLS = 5


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path, trusted_proxies="private", rate_limit="off") as found:
        found.run(*SITE)
        yield found


def under_load(url: str, sent: list[Visitor], kill: Callable[[int], None]) -> Sent:
    """Send everything while `kill` is called KILLS times at random moments."""
    chance = random.Random()
    print(f"seed of the moments: {chance.getstate()[1][0]}")
    results: list[Sent] = []
    sending = threading.Thread(target=lambda: results.append(asyncio.run(send_all(url, sent))))
    sending.start()
    for number in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.6))
        kill(number)
    sending.join(180)
    assert results, "the visitors were not all acknowledged within 180 s"
    return results[0]


def wait_loaded(product: Byleave, port: int) -> None:
    """One more start and stop: what is still in the spool is loaded before the store is closed."""
    last = product.start("serve", port=port)
    time.sleep(1.5)
    assert last.stop() == 0


@pytest.mark.timeout(240)
def test_serve_killed_five_times(product: Byleave) -> None:
    sent = visitors(400, 5_000, seed=7)
    port = free_port()
    alive: list[Process] = [product.start("serve", port=port)]

    def kill(_number: int) -> None:
        alive[0].kill()
        alive[0] = product.start("serve", port=port)

    result = under_load(f"http://localhost:{port}", sent, kill)
    assert result.broken > 0, "no request was cut off: the kills came too late to show anything"
    assert alive[0].stop() == 0
    wait_loaded(product, port)
    assert_stored_once(product.data, sent)


@pytest.mark.timeout(240)
def test_collectors_and_dashboard_killed_in_turn(product: Byleave) -> None:
    sent = visitors(400, 5_000, seed=8)
    collector_port, dashboard_port = free_port(), free_port()
    alive = {
        "collect": product.start("collect", "--workers", "2", port=collector_port),
        "dashboard": product.start("dashboard", port=dashboard_port),
    }
    ports = {"collect": collector_port, "dashboard": dashboard_port}

    def kill(number: int) -> None:
        name = ("collect", "dashboard")[number % 2]
        alive[name].kill()
        if name == "collect":
            wait_free(collector_port)  # its workers notice that they are alone, and end
        arguments = ("collect", "--workers", "2") if name == "collect" else ("dashboard",)
        alive[name] = product.start(*arguments, port=ports[name])

    under_load(f"http://localhost:{collector_port}", sent, kill)
    for process in alive.values():
        assert process.stop() == 0
    wait_loaded(product, collector_port)
    assert_stored_once(product.data, sent)


def wait_free(port: int) -> None:
    """Until nobody listens on a port any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError(f"port {port} is still taken")
