"""The erasure log: whole, whatever kept a line out of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from collector.consent.erasure_log import FILE, ErasureLog
from collector.state.database import State
from collector.state.tables import tombstone
from tests.wire import beacon, running


async def bury(state: State, *numbers: int) -> None:
    async with state.write() as connection:
        for number in numbers:
            row = {"subject": bytes([number]) * 16, "site": "example.com", "buried_at": number}
            await connection.execute(insert(tombstone).values(row))


def subjects(path: Path) -> list[int]:
    """The first byte of every subject in the file, in its order; torn lines are skipped."""
    found = []
    for line in path.read_text().splitlines():
        if line.endswith("}"):
            found.append(bytes.fromhex(json.loads(line)["subject"])[0])
    return found


@pytest.fixture
async def state(tmp_path: Path) -> State:
    return await asyncio.to_thread(State.open, tmp_path)


async def test_every_tombstone_is_in_it_once(state: State, tmp_path: Path) -> None:
    log, other = ErasureLog(tmp_path), ErasureLog(tmp_path)
    await bury(state, 1, 2)
    await log.catch_up(state)
    await other.catch_up(state)
    await bury(state, 3)
    await other.catch_up(state)
    await log.catch_up(state)
    assert await asyncio.to_thread(subjects, tmp_path / FILE) == [1, 2, 3]
    assert (await asyncio.to_thread((tmp_path / FILE).stat)).st_mode & 0o777 == 0o600
    await state.close()


async def test_what_is_in_it_is_not_looked_at_again(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each withdrawal appends, and the event loop waits for whatever is read for it."""
    monkeypatch.setattr("collector.consent.erasure_log.PORTION", 2)
    looked: list[int] = []
    append = ErasureLog._append

    def counted(log: ErasureLog, rows: Any) -> bool:
        looked.append(len(rows))
        return append(log, rows)

    monkeypatch.setattr(ErasureLog, "_append", counted)
    log = ErasureLog(tmp_path)
    await bury(state, 1, 2, 3, 4, 5)
    await log.catch_up(state)
    await bury(state, 6)
    await log.catch_up(state)
    assert looked == [2, 2, 1, 1]
    await asyncio.to_thread((tmp_path / FILE).unlink)
    await log.catch_up(state)
    assert await asyncio.to_thread(subjects, tmp_path / FILE) == [1, 2, 3, 4, 5, 6]
    await state.close()


@pytest.mark.parametrize(
    "left", [b"", b'{"subj', b"\xff\xfe", b'{"subject":1}\n'], ids=["gone", "torn", "noise", "foreign"]
)
async def test_a_damaged_end_is_made_good(state: State, tmp_path: Path, left: bytes) -> None:
    await bury(state, 1, 2)
    log = ErasureLog(tmp_path)
    await log.catch_up(state)
    path = tmp_path / FILE
    content = await asyncio.to_thread(path.read_bytes)
    first = content.partition(b"\n")[0] + b"\n"
    await asyncio.to_thread(path.write_bytes, first + left)
    for each in (log, ErasureLog(tmp_path)):  # the process that wrote it, and one that starts now
        await each.catch_up(state)
        lines = (await asyncio.to_thread(path.read_bytes)).splitlines()
        good = [line for line in lines if line.startswith(b'{"subject":"') and line.endswith(b"}")]
        assert [bytes.fromhex(json.loads(line)["subject"])[0] for line in good] == [1, 2]
    await state.close()


async def test_a_withdrawal_that_could_not_be_logged_is_logged_by_the_next_try(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        path = tmp_path / FILE
        await asyncio.to_thread(path.unlink, missing_ok=True)
        await asyncio.to_thread(path.mkdir)
        answer = await live.post("/c/withdraw", {"t": held["token"]})
        assert (answer.status_code, answer.json()["type"]) == (503, "storage-unavailable")
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 410  # stopped all the same
        await asyncio.to_thread(path.rmdir)
        assert (await live.post("/c/withdraw", {"t": held["token"]})).status_code == 204
        assert len(await asyncio.to_thread(subjects, path)) == 1
