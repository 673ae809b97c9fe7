"""kill -9 at each moment of an erasure, a torn log after it: what was answered as erased stays erased.

HARD_KILLS=200 is the long form. People say yes, browse, and ask to be erased; at some moment about then the server is
killed, and sometimes its store's log is cut short as well. Whoever was answered must be gone whatever happens later,
and those who went on must keep what came after.
"""

import os
import random
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.faults.house import erase_now, hurry
from tests.privacy.browser import Answered, Person
from tests.processes import Byleave, Process, free_port, stored_rows

KILLS = int(os.environ.get("HARD_KILLS", "3"))
PATIENCE_SECONDS = 30
pytestmark = pytest.mark.timeout(60 + KILLS * 15)


class Erased:
    """Somebody who asks to be erased until it is answered; `before` are the paths that must go."""

    def __init__(self, url: str, number: int, how: str) -> None:
        self.how = how
        self.person = Person(url)
        self.before = [f"/gone-{number}-{place}-xk93" for place in range(3)]
        self.after = f"/after-{number}-xk93"
        self.person.read(*self.before)
        self.job = ""
        self.thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(URLError, OSError, Answered):
                if self.how == "withdraw":
                    self.person.withdraw()
                    self.job = "none"
                else:
                    self.job = self.person.erase(go_on=self.how == "go on")
                return
            time.sleep(0.05)


def cut_log(data: Path, chance: random.Random) -> bool:
    """Cut the store's log at any byte, as a power failure may; whether there was one."""
    logs = [path for path in (data / "events").glob("*.wal") if path.stat().st_size]
    for path in logs:
        os.truncate(path, chance.randrange(path.stat().st_size))
    return bool(logs)


def test_who_was_answered_stays_erased(product: Byleave, chance: random.Random) -> None:
    product.environment["BYLEAVE_DUCKDB_COMPRESSION"] = "off"
    hurry(product)
    port, torn, answered = free_port(), 0, 0
    serve = product.start("serve", port=port)
    kept = Person(serve.url)
    kept.read("/kept-xk93")
    erased: list[Erased] = []
    for number in range(KILLS):
        one = Erased(serve.url, number, ("go on", "stop", "withdraw")[number % 3])
        rewriting = threading.Thread(target=erase_now, args=(product,))
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, 0.5))  # loaded, or still in the spool
        one.thread.start()
        rewriting.start()
        time.sleep(chance.choice([chance.uniform(0, 0.05), chance.uniform(0, 1)]))
        serve.kill()
        answered += bool(one.job)
        torn += chance.random() < 0.5 and cut_log(product.data, chance)
        serve = product.start("serve", port=port)
        one.thread.join()
        rewriting.join()
        assert one.job, "an erasure was not answered in time"
        if one.how == "go on":
            one.person.read(one.after)
        erased.append(one)
        still_erased(erased[-5:])
    print(f"{KILLS} kills, {answered} after the answer, {torn} with the store's log cut short")
    finish(product, serve, erased)


def still_erased(people: list[Erased]) -> None:
    """What each of them is told."""
    for one in people:
        paths = [row["path"] for row in one.person.me()["rows"]]
        assert paths == ([one.after] if one.how == "go on" else [])


def finish(product: Byleave, serve: Process, erased: list[Erased]) -> None:
    """Make it physical; then not a byte is left of them in any file, and nothing else is gone."""
    still_erased(erased)
    product.run("erase", "--now")
    for one in erased:
        if one.how != "withdraw":
            assert one.person.get(f"/c/jobs/{one.job}")["state"] == "done"
    files = [path for path in product.data.rglob("*") if path.is_file() and not path.is_socket()]
    contents = {path.name: path.read_bytes() for path in files}
    assert any(b"/kept-xk93" in content for content in contents.values()), "the search cannot see what is stored"
    for one in erased:
        for path in one.before:
            assert [name for name, content in contents.items() if path.encode() in content] == []
    assert serve.stop() == 0
    wanted = {"/kept-xk93", *(one.after for one in erased if one.how == "go on")}
    assert {row[0] for row in stored_rows(product.data, "SELECT path FROM event")} == wanted
