"""Two owners of one data directory: the second is told who is first; after a kill -9 of the first it starts."""

import subprocess

import pytest

from tests.faults.house import refusal
from tests.processes import Byleave


@pytest.mark.parametrize("first", ["serve", "dashboard"])
def test_the_second_is_refused_by_name(product: Byleave, first: str) -> None:
    owner = product.start(first)
    for second in ("serve", "dashboard"):
        said = refusal(product, second)
        assert f"Another Byleave process (pid {owner.child.pid}) already owns the event store" in said
        assert "Stop it first" in said
    owner.kill()
    assert product.start("dashboard").stop() == 0


def test_started_at_the_same_instant_one_wins(product: Byleave) -> None:
    command = [*product.command, "dashboard", "--port", "0"]
    with product.log.open("ab") as log:
        racing = [subprocess.Popen(command, env=product.environment, stdout=log, stderr=log) for _ in range(3)]
    product.running += racing
    ended = 0
    while ended < 2:
        ended = sum(child.poll() is not None for child in racing)
    assert sorted(str(child.poll()) for child in racing) == ["1", "1", "None"]
    assert product.log.read_text().count("Stop it first") == 2
