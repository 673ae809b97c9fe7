"""byleave keys: what they are good for, and a rotation that running processes take up by themselves."""

import json
import time
from pathlib import Path

import msgspec
from blockbuster import BlockBuster

from collector.cli.keys import described
from collector.consent.keys import Keys
from collector.consent.token import LIFETIME_S
from tests.cli.conftest import SITE, Here, until
from tests.privacy.test_canary import Browser
from tests.processes import byleave
from tests.wire import beacon, yes


def listed(here: Here) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(here("keys", "list", "--json"))
    return found


def test_rotating_makes_a_key_that_signs_and_leaves_one_that_verifies(here: Here) -> None:
    here(*SITE)
    (first,) = listed(here)["tokens"]
    new = json.loads(here("keys", "rotate", "--json"))
    found = listed(here)
    assert [(key["kid"], key["standing"]) for key in found["tokens"]] == [
        (first["kid"], "verifies"),
        (new["tokens"], "signs"),
    ]
    assert len(found["receipts"]) == 2
    assert "secret" not in here("keys", "list", "--json")


def test_killing_asks_first(here: Here, terminal: None) -> None:
    here(*SITE)
    kid = listed(here)["tokens"][0]["kid"]
    assert "nothing was done" in here("keys", "rotate", f"--kill={kid}", text="no\n", code=1)
    assert len(listed(here)["tokens"]) == 1
    assert "proves nothing any more" in here("keys", "rotate", f"--kill={kid}", text=f"{kid}\n")
    assert [key["standing"] for key in listed(here)["tokens"]] == ["killed", "signs"]
    assert "killed already" in here("keys", "rotate", f"--kill={kid}", "--yes", code=1)


def test_killing_without_a_terminal_wants_to_be_told_so(here: Here) -> None:
    here(*SITE)
    kid = listed(here)["tokens"][0]["kid"]
    assert "--yes" in here("keys", "rotate", f"--kill={kid}", code=1)
    assert "keys list" in here("keys", "rotate", "--kill", "nothing", "--yes", code=1)
    here("keys", "rotate", f"--kill={kid}", "--yes")


def test_a_key_whose_tokens_have_expired_only_withdraws(tmp_path: Path) -> None:
    Keys.open(tmp_path)
    keys = Keys.rotate(tmp_path)
    later = time.time() + LIFETIME_S
    assert [key["standing"] for key in described(keys, later - 60)["tokens"]] == ["verifies", "signs"]
    assert [key["standing"] for key in described(keys, later + 60)["tokens"]] == ["withdraws", "signs"]


def test_every_running_process_follows(tmp_path: Path, blockbuster: BlockBuster) -> None:
    """Two collectors: a rotation is taken up by both, a killed key refused by both within a second."""
    blockbuster.deactivate()
    with byleave(tmp_path) as product:
        product.run(*SITE)
        browsers = [Browser(product.start("collect")) for _ in range(2)]
        held = json.loads(browsers[0].send("/c/consent", yes())[1])

        def sent(browser: Browser, token: str) -> int:
            return browser.send("/c/events", beacon(token))[0]

        assert [sent(browser, held["token"]) for browser in browsers] == [202, 202]
        new = json.loads(product.run("keys", "rotate", "--json"))["tokens"]
        later = msgspec.json.decode(browsers[1].send("/c/consent", yes())[1])
        until(1, lambda: all(new in b.send("/c/consent", yes())[1].decode() for b in browsers))
        assert [sent(browser, token) for browser in browsers for token in (held["token"], later["token"])] == [202] * 4
        old = held["token"].split(".")[1]
        product.run("keys", "rotate", "--kill", old, "--yes")
        until(1, lambda: [sent(browser, held["token"]) for browser in browsers] == [401, 401])
        assert browsers[1].send("/c/withdraw", {"t": held["token"]})[0] == 204
