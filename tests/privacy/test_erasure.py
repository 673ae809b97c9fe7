"""Erasure is physical: before it the search finds a visitor's bytes in the files, afterwards in none.

Only two files may name the erased afterwards, and by nothing but the subject: `state.sqlite3`, whose tombstone keeps
the rows from coming back and whose consent log proves the yes there was, and `erasures.ndjson`, which is the tombstone
as it is copied off the machine. Neither may hold a word of what the visitor did.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from collector.control import ControlError, call
from tests.wire import Running, beacon, running

PATH = "/distinctive-path-of-the-erased-5521"
CAMPAIGN = "distinctive-campaign-8813"
TARGET = "distinctive-target-3307"
KEPT = "/path-of-somebody-who-stays-1284"
NAMES_ALONE = {"state.sqlite3", "erasures.ndjson"}


@pytest.fixture
async def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr("collector.spool.WATCH_SECONDS", 0.05)
    monkeypatch.setattr("collector.rights.UNDER_WAY_SECONDS", 1)
    monkeypatch.setattr("collector.owner.REWRITE_RETRY_SECONDS", 0.2)
    async with running(tmp_path, duckdb_compression="off", duckdb_memory="500MB", rate_limit="off") as found:
        yield found


def subject_forms(subject: bytes) -> dict[str, bytes]:
    """The ways a subject may lie in a file. DuckDB keeps a UUID as a 128-bit number: low half, then high half, each
    with its least byte first, and the highest bit flipped so that it sorts as text does."""
    high, low = struct.unpack(">QQ", subject)
    return {
        "subject, raw": subject,
        "subject, reversed": subject[::-1],
        "subject, as DuckDB keeps a UUID": struct.pack("<QQ", low, high ^ (1 << 63)),
        "subject, as a number": struct.pack("<QQ", low, high),
        "subject, in hex": subject.hex().encode(),
        "subject, in capitals": subject.hex().upper().encode(),
        "subject, as a UUID's text": str(UUID(bytes=subject)).encode(),
    }


def forms_of(subject: bytes, visit: int, visitor: int) -> dict[str, bytes]:
    numbers = {"visit": visit, "visitor": visitor}
    found = {f"{name}, binary": struct.pack("<q", number) for name, number in numbers.items()}
    found |= {f"{name}, big-endian": struct.pack(">q", number) for name, number in numbers.items()}
    found |= {f"{name}, text": str(number).encode() for name, number in numbers.items()}
    return found | {"path": PATH.encode(), "campaign": CAMPAIGN.encode(), "target": TARGET.encode()}


def search(data: Path, forms: dict[str, bytes], *, but: set[str] = frozenset()) -> dict[str, set[str]]:  # type: ignore[assignment]
    """In which files each form is found; every file under the data directory is read."""
    files = [path for path in data.rglob("*") if path.is_file() and not path.is_socket() and path.name not in but]
    contents = {path.relative_to(data).as_posix(): path.read_bytes() for path in files}
    return {name: {file for file, content in contents.items() if form in content} for name, form in forms.items()}


async def looked(live: Running, forms: dict[str, bytes], **more: Any) -> dict[str, set[str]]:
    found = await asyncio.to_thread(search, live.context.settings.data_path, forms, **more)
    return {name: files for name, files in found.items() if files}


async def browse(live: Running, token: str, visit: str, first: int = 0) -> None:
    events = (
        {"k": "pageview", "p": f"{PATH}?utm_campaign={CAMPAIGN}", "r": "", "a": 0},
        {"k": "click", "p": PATH, "x": TARGET, "y": "button", "a": 0},
        {"k": "leave", "p": PATH, "d": 5, "s": 50, "a": 0},
    )
    assert (await live.post("/c/events", beacon(token, *events, v=visit, i=first))).status_code == 202


@pytest.mark.parametrize("how", ["withdraw", "stop and erase", "erase and go on"])
async def test_not_a_byte_is_left(live: Running, how: str) -> None:
    data = live.context.settings.data_path
    said, other = await live.consent(), await live.consent()
    assert (
        await live.post("/c/events", beacon(other["token"], {"k": "pageview", "p": KEPT, "a": 0}))
    ).status_code == 202
    subject = live.context.tokens.access_key(said["access_key"]).subject
    visit = "V" * 21 + "A"
    await browse(live, said["token"], visit)
    ((number, visitor, stored),) = set(
        await live.rows(f"SELECT visit, visitor, subject FROM event WHERE path = '{PATH}'")
    )
    assert stored.bytes == subject
    forms, names = forms_of(subject, number, visitor), subject_forms(subject)

    await live.owner.store.settle()
    await live.owner.erase_now()  # into the store's file itself
    await browse(live, said["token"], visit, 3)  # and once more, in the spool and the store's log
    for _ in range(3):  # beside visits that were not settled either
        more = beacon(other["token"], {"k": "pageview", "p": KEPT, "a": 0})
        assert (await live.post("/c/events", more)).status_code == 202
    await live.rows()
    found = await looked(live, forms | names)
    kinds = {name: {file.split("/")[0] for file in files} for name, files in found.items()}
    for name in ("path", "campaign", "target", "visit, binary", "visitor, binary", "subject, as DuckDB keeps a UUID"):
        assert "events" in kinds[name], f"the search does not see {name} in the store"
    for name in ("path", "subject, raw", "subject, as a UUID's text"):
        assert "spool" in kinds[name], f"the search does not see {name} in the spool"

    if how == "withdraw":
        assert (await live.post("/c/withdraw", {"t": said["token"]})).status_code == 204
    else:
        asked = {"access_key": said["access_key"], "go_on": how == "erase and go on"}
        job = (await live.post("/c/me/erase", asked)).json()["job"]
    assert {path for (path,) in await live.rows("SELECT path FROM event")} == {KEPT}  # from the reports at once
    await call(data, "erase_now")
    if how != "withdraw":
        assert (await live.client.get(f"/c/jobs/{job}")).json()["state"] == "done"

    assert await looked(live, forms) == {}
    assert await looked(live, names, but=NAMES_ALONE) == {}
    assert (await looked(live, {"kept": KEPT.encode()}))["kept"]
    # What may name the subject does: it is not the search that has gone blind.
    assert {file for files in (await looked(live, names)).values() for file in files} == NAMES_ALONE


async def test_a_visitor_who_goes_on_is_not_who_was_erased(live: Running) -> None:
    """The erased subject and number are in no file; what comes after carries others."""
    said = await live.consent()
    await browse(live, said["token"], "V" * 21 + "A")
    ((number, visitor, stored), *_) = await live.rows("SELECT visit, visitor, subject FROM event")
    assert (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": True})).status_code == 202
    await browse(live, said["token"], "W" * 21 + "A")
    await live.rows()
    await call(live.context.settings.data_path, "erase_now")
    gone = subject_forms(stored.bytes) | {"visitor": struct.pack("<q", visitor), "visit": struct.pack("<q", number)}
    assert await looked(live, gone, but=NAMES_ALONE) == {}
    assert len(await live.rows()) == 3


async def test_a_damaged_segment_keeps_an_erasure_from_being_called_done(live: Running) -> None:
    data = live.context.settings.data_path
    said = await live.consent()
    job = (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})).json()["job"]
    damaged = data / "spool" / "damaged"
    await asyncio.to_thread(damaged.mkdir)
    await asyncio.to_thread((damaged / "x.sqlite3").write_bytes, b"who knows")
    with pytest.raises(ControlError, match="may hold rows that were erased"):
        await call(data, "erase_now")
    assert (await live.client.get(f"/c/jobs/{job}")).json()["state"] == "waiting"
    await asyncio.to_thread((damaged / "x.sqlite3").unlink)
    await call(data, "erase_now")
    assert (await live.client.get(f"/c/jobs/{job}")).json()["state"] == "done"


async def test_the_daily_rewrite_makes_it_physical_and_says_so(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.rights.LOOK_SECONDS", 0.05)
    said = await live.consent()
    await browse(live, said["token"], "V" * 21 + "A")
    await live.rows()
    job = (await live.post("/c/me/erase", {"access_key": said["access_key"], "go_on": False})).json()["job"]
    await asyncio.sleep(2.1)
    assert (await live.client.get(f"/c/jobs/{job}")).json()["state"] == "waiting"
    assert await looked(live, {"path": PATH.encode()})
    monkeypatch.setattr("collector.owner.GENERATION_AGE", timedelta(0))
    live.owner.wake()
    async with asyncio.timeout(20):
        while (await live.client.get(f"/c/jobs/{job}")).json()["state"] != "done":
            await asyncio.sleep(0.1)
    assert await looked(live, {"path": PATH.encode()}) == {}
