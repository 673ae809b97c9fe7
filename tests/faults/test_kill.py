"""kill -9 at random moments under load, while checkpoints, rewrites, erasures and new segments never stop.

HARD_KILLS=200 sets the kills of each test; the default takes a few seconds. Kills in retention: test_upkeep.py.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.house import assert_exact, children, erase_now, hurry
from tests.faults.people import People
from tests.processes import Byleave, Process, free_port

KILLS = int(os.environ.get("HARD_KILLS", "2"))
TIMEOUT = 60 + KILLS * 15
MANY = 100
"""From so many kills on, each kind of moment must have been hit."""
REWRITE_SECONDS = 8 if KILLS >= MANY else 1
"""How long a kill waits for the rewrite it is aimed at."""


@contextmanager
def erasing(product: Byleave) -> Iterator[None]:
    """Ask for immediate erasures over the control socket, one after the other."""
    enough = threading.Event()

    def erase() -> None:
        while not enough.wait(0.1):
            erase_now(product)

    thread = threading.Thread(target=erase)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


class Moments:
    """Chooses when to kill, and counts what a kill left behind: the proof that it fell into something."""

    def __init__(self, product: Byleave, chance: random.Random) -> None:
        self.found: Counter[str] = Counter()
        self._data = product.data
        self._chance = chance
        self._before = self._current()

    def wait(self) -> None:
        """Until any moment, or one soon after a rewrite began, or one soon after the new file was let count."""
        aim = self._chance.choice(("any", "copy", "swap"))
        before = self._current()
        deadline = time.monotonic() + REWRITE_SECONDS
        while time.monotonic() < deadline:
            if aim == "any" or (aim == "copy" and len(self._generations()) > 1):
                break
            if aim == "swap" and self._current() != before:
                break
            time.sleep(0.002)
        time.sleep(self._chance.uniform(0.0, {"any": 1.5, "copy": 0.5, "swap": 0.05}[aim]))

    def look(self) -> None:
        """Call it right after a kill."""
        generations, current = self._generations(), self._current()
        if len(generations) > 1:
            swapped = current == max(generations)
            self.found["after the swap, the old file still there" if swapped else "in a rewrite before its swap"] += 1
        self.found["with a new generation since the kill before"] += current != self._before
        self._before = current
        self.found["with commits in the log"] += any(self._data.glob("events/*.wal"))
        self.found["in a load"] += any((self._data / "tmp" / "load").iterdir())

    def tell(self, kills: int) -> None:
        """Print the counts; after many kills none that can be counted on may be nought."""
        print(f"{kills} kills: " + ", ".join(f"{count} {what}" for what, count in self.found.items()))
        if kills >= MANY:
            assert self.found["in a rewrite before its swap"]
            assert self.found["with a new generation since the kill before"]
            assert self.found["in a load"]

    def _current(self) -> str:
        pointer = self._data / "events" / "CURRENT"
        return pointer.read_text().strip() if pointer.exists() else ""

    def _generations(self) -> list[str]:
        return [path.stem for path in (self._data / "events").glob("*.duckdb")]


@pytest.mark.timeout(TIMEOUT)
def test_serve(product: Byleave, chance: random.Random) -> None:
    hurry(product)
    port, moments = free_port(), Moments(product, chance)
    serve = product.start("serve", port=port)
    with erasing(product), People(serve.url, chance=chance) as people:
        for _ in range(KILLS):
            moments.wait()
            serve.kill()
            moments.look()
            serve = product.start("serve", port=port)
        people.wait(50)
    assert people.told.broken > 0, "no request was cut off: the kills came too late to show anything"
    assert serve.stop() == 0
    assert_exact(product, people.told)
    moments.tell(KILLS)


@pytest.mark.timeout(TIMEOUT)
def test_collectors_and_owner_in_turn(product: Byleave, chance: random.Random) -> None:
    hurry(product)
    ports = {"collect": free_port(), "dashboard": free_port()}
    moments = Moments(product, chance)
    alive: dict[str, Process] = {name: product.start(name, port=port) for name, port in ports.items()}
    with erasing(product), People(alive["collect"].url, chance=chance) as people:
        for _ in range(KILLS):
            moments.wait()
            name = chance.choice(["collect", "dashboard"])
            alive[name].kill()
            if name == "dashboard":
                moments.look()
            alive[name] = product.start(name, port=ports[name])
        people.wait(50)
    for process in alive.values():
        assert process.stop() == 0
    assert_exact(product, people.told)
    moments.tell(KILLS)


@pytest.mark.timeout(TIMEOUT)
def test_workers(product: Byleave, chance: random.Random) -> None:
    """A killed worker is started again, and the owner takes over the segment it left."""
    hurry(product)
    dashboard = product.start("dashboard")
    collect = product.start("collect", "--workers", "2")
    with erasing(product), People(collect.url, chance=chance) as people:
        for _ in range(max(1, KILLS // 4)):
            people.until(lambda: len(children(collect.child.pid)) == 2, "two workers run")
            victim = chance.choice(children(collect.child.pid))
            time.sleep(chance.uniform(0.05, 1.0))
            os.kill(victim, 9)
            people.until(lambda gone=victim: gone not in children(collect.child.pid), "the killed one is replaced")
            people.wait(50)
    assert collect.stop() == 0
    assert dashboard.stop() == 0
    assert_exact(product, people.told)
