"""byleave check, in a real Chromium on another origin: the example website, and pages with planted faults."""

import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from blockbuster import BlockBuster

from collector.check import chromium
from collector.check.finding import Finding
from collector.check.look import findings, look
from tests.processes import Byleave, Process, byleave, free_port

CONTROLLER = ("--controller", "Example Bakery Ltd", "--contact", "privacy@bakery.example")
TAG = '<script defer src="{collector}/c/tag.js" data-site="localhost"></script>'
QUIET_S = 0.8  # what the planted pages do, they do at once


@pytest.fixture(autouse=True)
def unblocked(blockbuster: BlockBuster) -> None:
    """The tests wait for processes; no server of ours runs in this one."""
    blockbuster.deactivate()


@dataclass(frozen=True)
class Planted:
    """A page, and what a check has to say of it: each finding's name, its sign, and a part of its sentence."""

    html: str
    says: tuple[tuple[str, bool | None, str], ...]
    policy: str = ""


PLANTED = {
    "no tag": Planted("<p>Bread</p>", (("tag", False, 'data-site="localhost"'),)),
    "a tag and a tool that are not there": Planted(
        TAG.replace("/c/tag.js", "/c/t/0123456789abcdef.js").replace("data-site", 'data-cmp="klaro" data-site'),
        (("tag", False, "was answered 404"), ("consent tool", False, 'names "klaro"')),
    ),
    "a site that is not the page's": Planted(
        TAG.replace("localhost", "bakery.example"),
        (("the ask", False, "byleave site add bakery.example"), ("site and origin", False, "--alias localhost")),
    ),
    "a policy without the script": Planted(
        TAG, (("tag", False, "script-src: {collector}"),), policy="script-src 'none'"
    ),
    "a policy without the texts": Planted(
        TAG,
        (("content security policy", False, "{collector} to: connect-src"),),
        policy="script-src {collector}; connect-src 'none'",
    ),
    "all that is not silent": Planted(
        TAG
        + "<script>fetch('{collector}/c/events', {{ method: 'POST', body: '{{}}' }});"
        + "sessionStorage['byleave:early'] = 1; setInterval(() => {{ const last = document.querySelector("
        + "'byleave-ask')?.shadowRoot.querySelector('.row button:last-child');"
        + "if (last) last.style.background = 'green' }}, 20)</script>",
        (
            ("before a yes", False, "POST /c/events"),
            ("before a yes", False, "byleave:early"),
            ("after a no", False, "POST /c/events"),
            ("under Global Privacy Control", False, "POST /c/events"),
            ("the ask", False, "do not look alike"),
        ),
    ),
    "something over the banner": Planted(
        TAG + "<dialog id=d style='inset:0;width:100%;height:100%'>Sale!</dialog><script>d.showModal()</script>",
        (("the ask", False, "Something lies over"), ("after a no", False, "was not kept")),
    ),
    "others": Planted(
        TAG
        + "<script>document.cookie = 'tracker=1';"
        + "dataLayer = [['consent', 'default', {{ analytics_storage: 'granted' }}]]</script>",
        (
            ("before a yes", True, ""),
            ("others", None, "tracker (localhost)"),
            ("consent tool", None, "analytics_storage, which is no consent; the tag does not follow it"),
        ),
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Byleave, Process]]:
    """Byleave with the site localhost."""
    with byleave(tmp_path_factory.mktemp("house"), rate_limit="off") as found:
        found.run("site", "add", "localhost", *CONTROLLER, "--timezone", "UTC", "--k", "1")
        yield found, found.start("serve")


@pytest.fixture(scope="module")
def website(house: tuple[Byleave, Process]) -> Iterator[str]:
    """The planted pages, each under its place in PLANTED."""
    collector = house[1].url
    pages = list(PLANTED.values())

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            planted = pages[int(name)] if name.isdigit() else Planted("", ())
            self.send_response(200 if name.isdigit() else 404)
            self.send_header("Content-Type", "text/html")
            if planted.policy:
                self.send_header("Content-Security-Policy", planted.policy.format(collector=collector))
            self.end_headers()
            self.wfile.write(f"<!doctype html><html lang=en><body>{planted.html.format(collector=collector)}".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def seen(website: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What a check says of each planted page; one browser for all."""
    executable = chromium.find()
    agent = chromium.agent(executable)

    async def every() -> dict[str, list[Finding]]:
        turns = asyncio.Semaphore(5)  # what two cores draw at once
        async with chromium.chromium(executable, agent, tmp_path_factory.mktemp("profile")) as browser:

            async def one(place: int) -> list[Finding]:
                async with turns:
                    return await findings(browser, f"{website}/{place}", quiet=QUIET_S)

            return dict(zip(PLANTED, await asyncio.gather(*map(one, range(len(PLANTED)))), strict=True))

    return asyncio.run(every())


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_told_with_its_fix(
    name: str, seen: dict[str, list[Finding]], house: tuple[Byleave, Process]
) -> None:
    found = seen[name]
    for what, ok, says in PLANTED[name].says:
        said = [one for one in found if one.what == what]
        assert [one.ok for one in said] == [ok], found
        assert says.format(collector=house[1].url) in said[0].problem + said[0].detail, found
    if name == "others":
        assert [one for one in found if one.ok is False] == []


def answering(url: str) -> str:
    """The address, once it answers."""
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(url, timeout=2):
                return url
        except OSError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.05)


@pytest.fixture
def example(house: tuple[Byleave, Process]) -> Iterator[str]:
    """The example website."""
    port = free_port()
    command = [sys.executable, "-m", "example", "--port", str(port), "--collector", house[1].url]
    website = subprocess.Popen(command)
    try:
        yield answering(f"http://localhost:{port}")
    finally:
        website.terminate()
        website.wait(10)


def test_the_example_website_is_well_and_a_trial_leaves_nothing(
    house: tuple[Byleave, Process], example: str, tmp_path: Path
) -> None:
    house[0].environment["TMPDIR"] = str(tmp_path)
    found = json.loads(house[0].run("check", example, "--trial", "--collector", house[1].url, "--json"))
    said = {one["what"]: (one["ok"], one["detail"]) for one in found}
    assert {what for what, (ok, _) in said.items() if ok} == {
        *("tag", "content security policy", "before a yes", "the ask", "site and origin", "after a no"),
        *("under Global Privacy Control", "after a yes"),
    }, found
    assert "yes 201, event 202; withdrawn" in said["after a yes"][1]
    with closing(sqlite3.connect(house[0].data / "state.sqlite3")) as state:
        bodies = [json.loads(body) for (body,) in state.execute("SELECT body FROM consent_log ORDER BY seq")]
    assert [body["kind"] for body in bodies] == ["given", "withdrawn"]
    assert list(tmp_path.iterdir()) == []  # the profile is gone


def test_a_page_that_never_ends_is_given_up_and_nothing_is_left_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://localhost:{mute.getsockname()[1]}/"
        looking = look(chromium.find(), "Mozilla/5.0", tmp_path, url, collector="", trial=False, seconds=2.0)
        with pytest.raises(chromium.CheckError, match="was not looked at within 2 s"):
            asyncio.run(looking)
    running = [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path) in commands(one)]
    assert running == []


def commands(process: Path) -> str:
    """The command line of a process, empty where it has just ended."""
    try:
        return process.read_text(errors="replace")
    except OSError:
        return ""
