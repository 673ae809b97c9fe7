"""What the sums beside the consent log say, against the log read from its beginning to its end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from collector.consent.ending import expire, remove_bodies
from collector.consent.history import History, history
from collector.consent.record import CONSENTS, Body, append, append_all, iso, seconds
from collector.state.database import State
from collector.state.tables import consent_end, consent_log, consent_tally

pytestmark = pytest.mark.asyncio(loop_scope="module")
SITE, OTHER = "example.com", "other.example"
DAY = 86_400
BEGAN = 1_790_000_000
SETS = (["measure"], ["measure", "returning"], ["measure", "ads"])
LENGTHS = (None, 60, 900, 180 * DAY)
"""For how long a consent lasts; one of before bodies said so, too."""
PAUSES = (0, 1, 899, 900, DAY, 90 * DAY, 1200 * DAY)


class Step(NamedTuple):
    """What happens after a pause: to a person, or to the log."""

    pause: int
    what: str
    site: str
    who: int
    purposes: list[str]
    notice: str
    lasts: int | None

    @property
    def subject(self) -> bytes:
        return f"{self.site[:8]:8}{self.who:8}".encode()


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(PAUSES),
        st.sampled_from(["given", "given", "re-confirmed", "withdrawn", "all withdrawn", "expire", "remove bodies"]),
        st.sampled_from([SITE, OTHER]),
        st.integers(0, 2),
        st.sampled_from(SETS),
        st.sampled_from(["a" * 64, "b" * 64]),
        st.sampled_from(LENGTHS),
    ),
    min_size=1,
    max_size=12,
)


def folded(rows: Iterable[Any], site: str, start: int, end: int, now: int) -> dict[str, Counter[Any]]:
    """The same numbers by the shortest way: every record is read, in its order."""
    records, purposes, notices = Counter[Any](), Counter[Any](), Counter[Any]()
    until: dict[str, int] = {}
    for row in rows:
        try:
            body = msgspec.json.decode(row.body, type=Body)
        except (msgspec.DecodeError, TypeError):
            continue
        if body.site != site:
            continue
        if start <= row.recorded_at < end:
            records[row.recorded_at // 900 * 900, body.kind] += 1
            if body.kind in CONSENTS:
                purposes.update(body.purposes)
                notices[body.notice] += 1
        until.pop(body.subject, None)
        if body.kind in CONSENTS:
            until[body.subject] = max(body.until, seconds(body.at))
    expiring = Counter(one // 900 * 900 for one in until.values() if one > now)
    return {"records": records, "purposes": purposes, "notices": notices, "expiring": expiring}


async def log(state: State) -> Sequence[Any]:
    async with state.read() as connection:
        return (await connection.execute(select(consent_log).order_by(consent_log.c.seq))).all()


def numbers(found: History) -> dict[str, Counter[Any]]:
    return dict(vars(found))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def state(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path_factory.mktemp("history"))
    yield opened
    await opened.close()


async def emptied(state: State) -> None:
    async with state.write() as connection:
        for table in (consent_log, consent_tally, consent_end):
            await connection.execute(delete(table))


async def take(state: State, step: Step, now: int) -> None:
    if step.what == "expire":
        await expire(state, now)
    elif step.what == "remove bodies":
        await remove_bodies(state, now)
    else:
        async with state.write() as connection:
            if step.what == "all withdrawn":
                subjects = [step._replace(who=who).subject for who in range(3)]
                await append_all(connection, "withdrawn", subjects, now, site=step.site)
                return
            facts: dict[str, Any] = {"site": step.site}
            if step.what in CONSENTS:
                facts |= {"purposes": step.purposes, "notice": step.notice}
                facts |= {"expires": iso(now + step.lasts)} if step.lasts else {}
            await append(connection, step.what, step.subject, now, **facts)


@settings(max_examples=15, deadline=None)
@given(STEPS)
async def test_the_sums_are_those_of_the_log(state: State, steps: list[Step]) -> None:
    await emptied(state)
    now, moments = BEGAN, {BEGAN}
    for step in steps:
        now += step.pause
        moments.add(now)
        await take(state, step, now)
    rows = await log(state)
    middle = sorted(moments)[len(moments) // 2]
    ranges = [(0, 2 * now), (middle, now), (middle + 1, now + 1), (middle // 900 * 900, now // 900 * 900 + 900)]
    for site in (SITE, OTHER):
        for start, end in ranges:
            for moment in (middle, now):
                found = numbers(await history(state, site, start, end, moment))
                assert found == folded(rows, site, start, end, moment), (site, start, end, moment)


async def test_sums_hold_no_more_than_is_in_the_log(state: State) -> None:
    """Who withdrew leaves no end behind, whose body is gone no record; and no sum stays at nought."""
    await emptied(state)
    everybody = [who.to_bytes(16) for who in range(2500)]
    async with state.write() as connection:
        facts = {"site": SITE, "notice": "a" * 64, "purposes": ["measure"], "expires": iso(BEGAN + 180 * DAY)}
        await append_all(connection, "given", everybody, BEGAN, **facts)
        await append(connection, "withdrawn", everybody[0], BEGAN + 5, site=SITE)
        assert (await connection.execute(select(consent_end.c.consents))).scalars().all() == [2499]
        await append_all(connection, "withdrawn", everybody[3:], BEGAN + 5, site=SITE)
        assert (await connection.execute(select(consent_end.c.consents))).scalars().all() == [2]
    assert await expire(state, BEGAN + 180 * DAY) == 2
    async with state.write() as connection:
        assert (await connection.execute(select(consent_end))).all() == []
        sums = await connection.execute(select(consent_tally.c.kind, consent_tally.c.records))
        assert dict(map(tuple, sums)) == {"given": 2500, "withdrawn": 2498, "expired": 2}
        await connection.execute(delete(consent_log).where(consent_log.c.subject.in_(everybody[3:])))
    assert await remove_bodies(state, BEGAN + 1300 * DAY) == 6
    async with state.read() as connection:
        sums = await connection.execute(select(consent_tally.c.kind, consent_tally.c.records))
        assert dict(map(tuple, sums)) == {"given": 2497, "withdrawn": 2497}


async def test_what_cannot_be_read_is_not_counted(state: State) -> None:
    await emptied(state)
    async with state.write() as connection:
        await append(connection, "given", bytes(16), BEGAN, site=SITE, purposes="none", notice="a" * 64)
        await append(connection, "withdrawn", b"2" * 16, BEGAN)
        await append(connection, "given", b"3" * 16, BEGAN + 1, site=SITE, purposes=["measure"])
        damaged = consent_log.c.subject == b"3" * 16
        await connection.execute(update(consent_log).where(damaged).values(body="none"))
        await append(connection, "given", b"3" * 16, BEGAN + 1, site=SITE, purposes=["measure"])
    for start, count in ((BEGAN // 900 * 900, 2), (BEGAN, 1)):  # the sums hold what was damaged since
        found = await history(state, SITE, start, BEGAN + 900, BEGAN)
        assert found.records == {(BEGAN // 900 * 900, "given"): count}
