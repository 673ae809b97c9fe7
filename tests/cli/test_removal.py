"""byleave site remove, from the confirmation to the last byte."""

import asyncio
import json
import time
from pathlib import Path

from blockbuster import BlockBuster
from sqlalchemy import select

from collector.consent.record import append, iso
from collector.consent.removal import mark
from collector.demo import MADE_UP
from collector.state import tables
from collector.state.database import State
from tests.cli.conftest import SITE, Here
from tests.privacy.test_canary import Browser
from tests.processes import byleave
from tests.wire import beacon, yes

PAGE = "/removed-page-7731"


def test_it_asks_for_the_name(here: Here, terminal: None) -> None:
    here(*SITE)
    assert "something else" in here("site", "remove", "example.com", text="example.org\n", code=1)
    assert "example.com" in here("site", "list")
    assert "Removed example.com" in here("site", "remove", "example.com", text="example.com\n")
    assert "No site yet" in here("site", "list")


def test_without_a_terminal_it_wants_to_be_told_so(here: Here) -> None:
    here(*SITE)
    assert "--yes" in here("site", "remove", "example.com", code=1)
    assert "example.com" in here("site", "list")
    assert json.loads(here("site", "remove", "example.com", "--yes", "--json")) == {
        "site": "example.com",
        "withdrawn": 0,
    }


def test_the_demo_goes_with_its_folder(here: Here) -> None:
    """Nobody consented to its rows, so that a removal would leave them and say that it had not."""
    here("site", "add", MADE_UP, *SITE[3:])
    assert "delete its folder" in here("site", "remove", MADE_UP, "--yes", code=1)
    assert MADE_UP in here("site", "list")


def test_its_notices_can_still_be_shown_and_it_can_be_added_anew(here: Here) -> None:
    here(*SITE)
    here("site", "remove", "example.com", "--yes")
    assert "Example Ltd is responsible" in here("notice", "show", "example.com")
    assert "no site example.com" in here("notice", "publish", "example.com", "--k", "9", code=1)
    again = json.loads(here("site", "add", "example.com", "--controller", "New Ltd", "--contact", "a@b.test", "--json"))
    assert (again["added"], again["notice"]["material"]) == (True, True)
    assert json.loads(here("site", "show", "example.com", "--json"))["notice"]["controller"] == "New Ltd"


def test_every_byte_of_it_goes(tmp_path: Path, blockbuster: BlockBuster) -> None:
    """The search finds the bytes before."""
    blockbuster.deactivate()
    with byleave(tmp_path, duckdb_compression="off") as product:
        product.run(*SITE)
        browser = Browser(product.start("serve"))
        held = json.loads(browser.send("/c/consent", yes())[1])
        page = {"k": "pageview", "p": PAGE, "r": "", "a": 0}
        assert browser.send("/c/events", beacon(held["token"], page))[0] == 202
        assert found(product.data)
        assert "1 visitor(s)" in product.run("site", "remove", "example.com", "--yes")
        assert not found(product.data)
        assert browser.send("/c/events", beacon(held["token"]))[0] in (401, 403)
        assert browser.send("/c/site/example.com.json")[0] == 404
        product.run("consent", "verify")


def found(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file() and PAGE.encode() in path.read_bytes()]


def test_a_removal_that_was_cut_short_is_finished_before_anything_else(here: Here, tmp_path: Path) -> None:
    here(*SITE)
    asyncio.run(_cut_short(tmp_path / "data"))
    assert "site remove example.com" in here("doctor", code=3)
    assert "site remove example.com" in here(*SITE, code=1)
    assert "1 visitor(s)" in here("site", "remove", "example.com", "--yes")
    assert "site remove" not in here("doctor", code=3)  # red for having no site
    here(*SITE)
    here("doctor")
    here("consent", "verify")


async def _cut_short(data: Path) -> None:
    """Somebody consented, and a removal was killed after its first step."""
    state, now = await asyncio.to_thread(State.open, data), int(time.time())
    async with state.write() as connection:
        notice = (await connection.execute(select(tables.notice.c.id))).scalar_one()
        facts = {"site": "example.com", "notice": notice, "purposes": ["measure"], "expires": iso(now + 1000)}
        await append(connection, "given", b"s" * 16, now, **facts)
        await mark(connection, "example.com", now)
    await state.close()
