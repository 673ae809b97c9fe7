"""The signed head: what was deposited is still in the log, or that shows; processes that append at once: one chain."""

import asyncio
import hashlib
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from collector.consent.chain import Walk
from collector.consent.head import Head, HeadError, head, jws_of, missing, read
from collector.consent.keys import Keys
from collector.consent.record import append, link
from collector.state.database import FILE, State
from tests.wire import running


async def test_a_deposited_head_or_receipt_is_still_in_the_log(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        state, keys = live.context.state, live.context.tokens.keys
        empty = jws_of(keys, await head(state, 1))
        held = await live.consent()
        first = await head(state, 2)
        await live.consent()
        assert first == Head(1, first.head, "1970-01-01T00:00:02Z")
        for text in (empty, jws_of(keys, first), held["receipt"], f"{held['receipt']}\n"):
            assert await missing(state, read(keys, text)) == ""
        assert "ends before record 9" in await missing(state, Head(9, first.head))
        assert "not the one" in await missing(state, Head(2, first.head))


async def test_only_what_this_installation_signed_is_read(tmp_path: Path) -> None:
    own, other = [await asyncio.to_thread(_keys, tmp_path / name) for name in ("own", "other")]
    text = jws_of(own, Head(1, "ab"))
    signature = text.rpartition(".")[2]
    for wrong in (jws_of(other, Head(1, "ab")), text.replace(signature, "A" * 86), "eyJ", "", "a.b.c", "x" * 9999):
        with pytest.raises(HeadError, match="none of the keys"):
            read(own, wrong)
    assert read(own, text) == Head(1, "ab")


async def test_a_log_written_anew_is_whole_but_not_the_one_that_was_deposited(tmp_path: Path) -> None:
    """What the operator can do, and what shows it: nothing but a head that somebody else kept."""
    async with running(tmp_path) as live:
        state = live.context.state
        for _ in range(3):
            await live.consent()
        before = await head(state, 1)
        await asyncio.to_thread(_forge, tmp_path / FILE)
        walk = Walk({}, int(time.time()))
        assert [len(found) async for found in walk.records(state)] == [3]
        assert "never published" in walk.problem  # of the notices, which are left out here; not of the chain
        assert "not the one of the deposited head" in await missing(state, before)


def _keys(folder: Path) -> Keys:
    folder.mkdir()
    return Keys.open(folder)


def _forge(path: Path) -> None:
    """Another language in the first record, and every hash after it made to fit."""
    with sqlite3.connect(path) as db:
        previous = bytes(32)
        for seq, body in db.execute("SELECT seq, body FROM consent_log ORDER BY seq").fetchall():
            text = body.replace('"en"', '"fr"') if seq == 1 else body
            hashed = hashlib.sha256(text.encode()).digest()
            values = (text, hashed, previous, link(previous, hashed), seq)
            db.execute("UPDATE consent_log SET body = ?, body_hash = ?, previous = ?, link = ? WHERE seq = ?", values)
            previous = values[3]
    db.close()


APPENDS = 60
APPENDER = """
import asyncio, pathlib, sys
from tests.consent.test_head import append_many
asyncio.run(append_many(pathlib.Path(sys.argv[1]), sys.argv[2]))
"""


async def append_many(data: Path, name: str) -> None:
    """What one of several processes does."""
    state = await asyncio.to_thread(State.open, data)
    for number in range(APPENDS):
        async with state.write() as connection:
            await append(connection, "withdrawn", hashlib.md5(f"{name} {number}".encode()).digest(), 1, site=name)
    await state.close()


async def test_processes_that_append_at_once_make_one_chain(tmp_path: Path, blockbuster: BlockBuster) -> None:
    blockbuster.deactivate()
    state = await asyncio.to_thread(State.open, tmp_path)
    names = ["a.example", "b.example", "c.example"]
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([sys.executable, "-c", APPENDER, str(tmp_path), name], cwd=root) for name in names]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    walk = Walk({}, 2)
    sites = [one.body.site async for found in walk.records(state) for one in found]
    assert (walk.problem, walk.seq) == ("", len(names) * APPENDS)
    assert {name: sites.count(name) for name in names} == dict.fromkeys(names, APPENDS)
    assert sites != sorted(sites), "they wrote one after the other: nothing was shown"
    await state.close()
