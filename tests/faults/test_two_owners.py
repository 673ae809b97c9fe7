"""Two owners of one data directory: the second is told who is first; after a kill -9 of the first it starts."""

import subprocess
import time

from tests.faults.house import refusal
from tests.processes import Byleave


def test_the_second_is_refused_by_name(product: Byleave) -> None:
    for first in ("dashboard", "serve"):
        owner = product.start(first)
        said = refusal(product, "serve", "dashboard")
        assert said.count(f"Another Byleave process (pid {owner.child.pid}) already owns the event store") == 2
        assert said.count("Stop it first") == 2
        owner.kill()
    assert product.start("dashboard").stop() == 0


def test_started_at_the_same_instant_one_wins(product: Byleave) -> None:
    command = [*product.command, "dashboard", "--port", "0"]
    with product.log.open("ab") as log:
        racing = [subprocess.Popen(command, env=product.environment, stdout=log, stderr=log) for _ in range(2)]
    product.running += racing
    while all(child.poll() is None for child in racing):
        time.sleep(0.02)
    assert sorted(str(child.poll()) for child in racing) == ["1", "None"]
    assert product.log.read_text().count("Stop it first") == 1
