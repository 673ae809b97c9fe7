"""Consents that end by themselves, and bodies that are removed when their time is over."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, update

from collector.consent.chain import Walk, over
from collector.consent.ending import expire, remove_bodies
from collector.consent.notice import Draft
from collector.consent.record import KINDS, append, iso
from collector.consent.token import LIFETIME_S
from collector.state.database import FILE, State
from collector.state.tables import consent_log, narrowing
from tests.wire import Running, running

DAY = 86_400


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


OVER = [
    ("not on the day itself: elsewhere it is still the day before", "2026-01-15", 36, "2029-01-15T23:59:59", False),
    ("from the next day on", "2026-01-15", 36, "2029-01-16", True),
    ("the last of a short month", "2024-01-31", 1, "2024-03-01", True),
    ("before that", "2024-01-31", 1, "2024-02-29T12:00:00", False),
]


@pytest.mark.parametrize("case", OVER, ids=[case[0] for case in OVER])
def test_when_months_are_over(case: tuple[str, str, int, str, bool]) -> None:
    _, ended, months, now, expected = case
    assert over(at(ended), months, at(now)) is expected


async def bodies(state: State) -> list[dict[str, Any]]:
    async with state.read() as connection:
        found = await connection.execute(select(consent_log.c.body).order_by(consent_log.c.seq))
        return [msgspec.json.decode(body) if body else {} for (body,) in found]


async def test_what_ran_out_is_recorded_once(tmp_path: Path) -> None:
    now = int(time.time())
    async with running(tmp_path) as live:
        state = live.context.state
        alone, renewed, withdrawn = [await live.consent() for _ in range(3)]
        await live.consent(prior=renewed["access_key"], purposes=["measure"])
        await live.post("/c/withdraw", {"access_key": withdrawn["access_key"]})
        assert await expire(state, now + LIFETIME_S - DAY) == 0
        later = now + LIFETIME_S + 60
        assert await expire(state, later) == 2
        assert await expire(state, later) == 0
        log = await bodies(state)
        ended = [body for body in log if body["kind"] == "expired"]
        tokens = live.context.tokens
        assert [body["subject"] for body in ended] == [
            tokens.access_key(held["access_key"]).subject.hex() for held in (alone, renewed)
        ]
        assert {body["at"] for body in ended} == {iso(later)}
        assert [body["purposes"] for body in ended] == [["measure", "returning"], ["measure"]]
        assert ended[0]["expires"] == alone["expires"]
        assert {body["notice"] for body in ended} == {log[0]["notice"]}


async def test_a_yes_after_it_is_linked_and_still_narrows(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        state = live.context.state
        held = await live.consent()
        assert await expire(state, int(time.time()) + LIFETIME_S) == 1
        await live.consent(prior=held["access_key"], purposes=["measure"])
        assert [body["kind"] for body in await bodies(state)] == ["given", "expired", "re-confirmed"]
        async with state.read() as connection:
            assert (await connection.execute(select(func.count()).select_from(narrowing))).scalar() == 1


class Told:
    """What the state's file holds of a subject, byte for byte."""

    def __init__(self, data: Path, live: Running, held: dict[str, Any]) -> None:
        self.subject = live.context.tokens.access_key(held["access_key"]).subject
        self.file = data / FILE

    async def still(self) -> bool:
        content = await asyncio.to_thread(self.file.read_bytes)
        assert b"consent_log" in content
        return self.subject in content or self.subject.hex().encode() in content


async def test_bodies_go_in_their_time_and_leave_no_byte(tmp_path: Path) -> None:
    now = int(time.time())
    async with running(tmp_path) as live:
        state = live.context.state
        ran_out, later = await live.consent(), await live.consent()
        await live.consent(prior=ran_out["access_key"], purposes=["measure"])
        told, other = Told(tmp_path, live, ran_out), Told(tmp_path, live, later)
        ends = now + LIFETIME_S
        await expire(state, ends + DAY)
        async with state.write() as connection:  # given again, long after: it has not ended yet
            facts = (await bodies(state))[1] | {"expires": iso(ends + 900 * DAY)}
            for member in ("kind", "subject", "at"):
                del facts[member]
            await append(connection, "re-confirmed", other.subject, ends + 720 * DAY, **facts)
        assert await remove_bodies(state, ends + 3 * 364 * DAY) == 0
        assert await told.still()
        assert await remove_bodies(state, ends + 3 * 366 * DAY) == 3
        assert not await told.still()
        assert await other.still()
        assert [bool(body) for body in await bodies(state)] == [False, True, False, True, False, True]
        async with state.read() as connection:
            assert (await connection.execute(select(func.count()).select_from(narrowing))).scalar() == 0


async def test_an_end_that_was_recorded_late_is_no_early_removal(tmp_path: Path) -> None:
    """The server was off for months: three years count from the record of the end."""
    async with running(tmp_path) as live:
        state = live.context.state
        await live.consent()
        ends = int(time.time()) + LIFETIME_S
        assert await expire(state, ends + 100 * DAY) == 1
        assert await remove_bodies(state, ends + 3 * 366 * DAY) == 0
        removed_at = ends + 3 * 366 * DAY + 100 * DAY
        assert await remove_bodies(state, removed_at) == 2
        walk = Walk({}, removed_at)
        assert [found async for found in walk.records(state)] == [[]]
        assert (walk.problem, walk.removed) == ("", 2)


async def test_no_row_outlives_its_proof(tmp_path: Path) -> None:
    """A notice that keeps rows longer than three years keeps the records as long."""
    draft = Draft(controller="Example Ltd", contact="privacy@example.com", retention_months=60)
    async with running(tmp_path, draft=draft) as live:
        state = live.context.state
        await live.consent()
        ends = int(time.time()) + LIFETIME_S
        await expire(state, ends)
        assert await remove_bodies(state, ends + 4 * 366 * DAY) == 0
        assert await remove_bodies(state, ends + 5 * 366 * DAY) == 2


async def test_a_withdrawal_ends_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        await live.post("/c/withdraw", {"access_key": held["access_key"]})
        now = int(time.time())
        assert await remove_bodies(live.context.state, now + 3 * 364 * DAY) == 0
        assert await remove_bodies(live.context.state, now + 3 * 366 * DAY) == 2


async def test_damage_to_one_record_keeps_nobody_else_s_from_ending(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        state = live.context.state
        for _ in range(4):
            await live.consent()
        async with state.write() as connection:
            for seq, body in ((1, "no JSON"), (2, '{"kind":"given"}'), (3, None)):
                changed = update(consent_log).where(consent_log.c.seq == seq)
                if body is None:
                    text = (await connection.execute(select(consent_log.c.body))).scalars().all()[-1]
                    body = str(text).replace("-", "x")
                await connection.execute(changed.values(body=body))
        ends = int(time.time()) + LIFETIME_S
        assert await expire(state, ends) == 1
        assert await remove_bodies(state, ends + 3 * 366 * DAY) == 2


async def test_the_log_takes_four_kinds_and_no_other(tmp_path: Path) -> None:
    state = await asyncio.to_thread(State.open, tmp_path)
    async with state.write() as connection:
        for kind in KINDS:
            await append(connection, kind, bytes(16), 1, site="example.com")
        with pytest.raises(ValueError, match="refused"):
            await append(connection, "refused", bytes(16), 1, site="example.com")
    await state.close()
