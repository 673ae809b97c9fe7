"""Silence: before a yes, after a no and under a signal, nothing is kept but one integer of asks."""

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blockbuster import BlockBuster

from tests import wire
from tests.e2e.test_load import SITE
from tests.privacy.test_canary import Browser
from tests.processes import Byleave, byleave, stored_rows
from tests.wire import beacon, running, yes

MARKS = ("203.0.113.61", "Silberstreif4711", "silentpath77", "silentreferrer88", "silentquery99")
AGENT = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 {MARKS[1]} Chrome/139.0.0.0 Safari/537.36"
SIGNALS = ({"sec_gpc": "1"}, {"dnt": "1"}, {"sec_gpc": "1", "dnt": "1"})
FLUSHED_S = 2.5  # counts of asks are written every two seconds
ASKS = 4
OWN = ("ask", "upkeep")


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path, trusted_proxies="private", duckdb_compression="off", log_level="debug") as found:
        found.run(*SITE)
        yield found


class Quiet(Browser):
    """A browser that names itself by what must be found nowhere."""

    def send(self, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """GET without a body, POST with one."""
        marked = {"user_agent": AGENT, "x_forwarded_for": MARKS[0], "referer": f"https://example.com/{MARKS[3]}"}
        return super().send(path, body, **{**marked, **headers})


def state_of(data: Path) -> dict[str, list[Any]]:
    """Every row of the state database but the asks and when upkeep was last done, by table."""
    database = sqlite3.connect(f"file:{data / 'state.sqlite3'}?mode=ro", uri=True)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names if name not in OWN}
    database.close()
    return found


def asks(data: Path) -> list[tuple[int, ...]]:
    """The integers of the asks, summed over the hours."""
    database = sqlite3.connect(data / "state.sqlite3")
    found = database.execute("SELECT sum(asks), sum(yes), sum(elsewhere) FROM ask").fetchall()
    database.close()
    return found


def spooled(data: Path) -> int:
    """Batches in the spool."""
    count = 0
    for segment in (data / "spool").glob("*.sqlite3"):
        database = sqlite3.connect(segment)
        count += database.execute("SELECT count(*) FROM batch").fetchone()[0]
        database.close()
    return count


def counters(browser: Browser) -> dict[str, str]:
    """The metrics but those that say that somebody was refused under a signal, and the process's own."""
    lines = browser.send("/metrics")[1].decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: value for name, value in values.items() if 'reason="gpc"' not in name and 'reason="dnt"' not in name}


def look(browser: Quiet) -> None:
    """What a page fetches before a yes: the tag, its parts, the texts; and the notice, should somebody read it."""
    for number in range(ASKS):
        assert browser.send(f"/c/tag.js?{MARKS[4]}")[0] == 200
        status, body = browser.send(f"/c/site/example.com.json?page={MARKS[2]}")
        assert status == 200
        notice = json.loads(body)["notice"]
        assert browser.send(f"/c/notice/{notice}", accept="text/html" if number % 2 else "application/json")[0] == 200


def under_a_signal(browser: Quiet, token: str) -> None:
    """What a browser might send all the same: a yes, and a batch under a token from before."""
    page = {"k": "pageview", "p": f"/{MARKS[2]}?q={MARKS[4]}", "r": f"https://{MARKS[3]}.example/", "a": 0}
    for signal in SIGNALS:
        for path, body in (("/c/consent", yes()), ("/c/events", beacon(token, page))):
            assert browser.send(path, body, **signal) == (204, b"")


def test_nothing_but_one_integer_is_kept(product: Byleave) -> None:
    server = product.start("serve")
    browser = Quiet(server)
    token = json.loads(browser.send("/c/consent", yes())[1])["token"]  # a yes of earlier, for the batches below
    time.sleep(FLUSHED_S)
    product.log.write_bytes(b"")
    before, counted, names = state_of(product.data), counters(browser), files(product.data)
    look(browser)
    # A no makes no request; the next page fetches the tag alone.
    assert browser.send("/c/tag.js")[0] == 200
    under_a_signal(browser, token)
    time.sleep(FLUSHED_S)
    assert counters(browser) == counted
    assert state_of(product.data) == before
    assert asks(product.data) == [(ASKS, 1, 0)]
    assert spooled(product.data) == 0
    assert files(product.data) == names
    assert product.log.read_bytes().strip(b"\0") == b""
    assert server.stop() == 0
    assert stored_rows(product.data) == []
    contents = b"".join(path.read_bytes() for path in [*product.data.rglob("*"), product.log] if path.is_file())
    assert [mark for mark in MARKS if mark.encode().lower() in contents.lower()] == []
    assert b"example.com" in contents, "the search can see what is stored"


def files(data: Path) -> set[str]:
    """The files, without the numbers of a segment or a generation."""
    return {path.name for path in data.rglob("*") if path.is_file() and not path.name.endswith(("-journal", "-shm"))}


async def test_everybody_gets_the_same_bytes(tmp_path: Path) -> None:
    """No answer before a yes tells two browsers apart, so that none can carry a mark back."""
    browsers = (
        {"user-agent": AGENT, "x-forwarded-for": MARKS[0], "cookie": "a=1", "accept-encoding": "br"},
        {"user-agent": "Mozilla/5.0 Firefox/140.0", "x-forwarded-for": "198.51.100.7", "accept-encoding": "br"},
    )
    async with running(tmp_path, trusted_proxies="private") as live:
        for path in ("/c/tag.js", f"/c/site/{wire.SITE}.json"):
            seen = set()
            for headers in browsers * 2:
                answer = await live.client.get(path, headers=headers)
                seen.add((answer.status_code, answer.content, tuple(answer.headers.items())))
                assert not {"set-cookie", "accept-ch"} & {*answer.headers}
            assert len(seen) == 1, path
