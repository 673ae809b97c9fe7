"""Several processes: collectors on one port get their share and none waits for a killed one; a dashboard gives way."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import msgspec
import pytest
from blockbuster import BlockBuster

from collector.cli.servers import NICENESS
from tests.e2e.test_load import SITE
from tests.faults.house import children
from tests.processes import Byleave, Process, byleave
from tests.wire import CHROME, ORIGIN, beacon, yes

WORKERS = 2
REQUESTS = 40


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path, trusted_proxies="private", rate_limit="off") as found:
        found.run(*SITE)
        yield found


def post(port: int, path: str, body: object) -> bytes:
    """One request on a connection of its own."""
    headers = {"origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", msgspec.json.encode(body), headers), timeout=10) as answer:
        content: bytes = answer.read()
        return content


def wait_until(workers: int, parent: Process) -> list[int]:
    """The workers, once there are so many and each listens on a socket of its own."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        sockets = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [at for at, _, state in sockets if state == "0A" and int(at.partition(":")[2], 16) == parent.port]
        found = children(parent.child.pid)
        if len(found) == len(listening) == workers:
            return found
        time.sleep(0.05)
    raise AssertionError("the workers did not all start")


def rows_by_segment(product: Byleave) -> dict[str, int]:
    counts = {}
    for path in product.data.glob("spool/*.sqlite3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            counts[path.stem] = db.execute("SELECT count(*) FROM batch").fetchone()[0]
    return counts


@pytest.mark.timeout(120)
def test_each_worker_gets_its_share_and_a_killed_one_comes_back(product: Byleave) -> None:
    parent = product.start("collect", "--workers", str(WORKERS))
    first, second = wait_until(WORKERS, parent)
    token = msgspec.json.decode(post(parent.port, "/c/consent", yes()))["token"]
    for _ in range(REQUESTS):
        post(parent.port, "/c/events", beacon(token))
    counts = rows_by_segment(product)
    assert sum(counts.values()) == REQUESTS
    assert min(counts.values()) > REQUESTS / 10  # missed by chance once in 5 million runs
    os.kill(first, signal.SIGKILL)
    while Path(f"/proc/{first}").exists():
        time.sleep(0.01)  # its last thread closes its socket
    for _ in range(REQUESTS):  # nobody waits for the one that is gone
        post(parent.port, "/c/events", beacon(token))
    assert second in wait_until(WORKERS, parent)
    assert first not in children(parent.child.pid)
    for _ in range(REQUESTS):
        post(parent.port, "/c/events", beacon(token))
    added = {name: count for name, count in rows_by_segment(product).items() if name not in counts}
    assert [count > 0 for count in added.values()] == [True]
    assert sum(rows_by_segment(product).values()) == 3 * REQUESTS
    told = product.run("collect", "--workers", "2", "--port", str(parent.port), code=1)
    assert f"Cannot listen on 127.0.0.1:{parent.port}" in told  # the port is shared among its own alone
    assert parent.stop() == 0


@pytest.mark.timeout(60)
def test_a_dashboard_gives_way_to_collectors(product: Byleave) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    dashboard, collector = product.start("dashboard"), product.start("collect")
    assert os.getpriority(os.PRIO_PROCESS, dashboard.child.pid) == min(19, own + NICENESS)
    assert os.getpriority(os.PRIO_PROCESS, collector.child.pid) == own
