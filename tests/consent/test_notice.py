"""Notices: what may be published, and what a notice holds."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from collector.consent.notice import LONGEST, MOST, Draft, NoticeError, body_of, check, draft_of, plan, publish
from collector.consent.record import iso
from collector.state import sites, tables
from collector.state.database import State

OWNED = Draft(controller="Example Ltd", contact="a@example.com")

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a controller of two lines", {"controller": "A\x1b[2J"}, "controller"),
    ("a contact without end", {"contact": "a" * (LONGEST + 1)}, "at most 200"),
    ("an authority with a bell", {"authority": "\x07"}, "authority"),
    ("more recipients than anybody reads", {"recipients": tuple(f"R{n}" for n in range(MOST + 1))}, "at most 20"),
    ("the number of a click", {"query_keep": ("gclid",)}, "never kept"),
    ("the number of a click in capitals", {"query_keep": ("GCLID",)}, "never kept"),
    ("a secret", {"query_keep": ("reset_token",)}, "names a secret"),
    ("a whole query", {"query_keep": ("p=1&q",)}, "no name of a query"),
    ("no months", {"retention_months": 0}, "1 to 120"),
    ("k of a crowd", {"k": 1001}, "1 to 1000"),
]


@pytest.mark.parametrize(("changes", "says"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_cannot_be_published_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(NoticeError, match=says):
        check(msgspec.structs.replace(OWNED, **changes))


def test_a_draft_is_tidied() -> None:
    tidy = check(
        msgspec.structs.replace(
            OWNED,
            controller="  Example \n Ltd ",
            recipients=("Mail Ltd", "", "Mail  Ltd"),
            purposes=("ads", "measure"),
            query_keep=("p", "", "p", "id"),
        )
    )
    assert (tidy.controller, tidy.recipients) == ("Example Ltd", ("Mail Ltd",))
    assert (tidy.purposes, tidy.query_keep) == (("measure", "ads"), ("id", "p"))


@pytest.mark.parametrize(("months", "proof"), [(1, 36), (25, 36), (36, 36), (37, 37), (120, 120)])
def test_no_row_outlives_its_proof(months: int, proof: int) -> None:
    body = body_of("example.com", check(msgspec.structs.replace(OWNED, retention_months=months)), "at")
    assert body["log_retention_months"] == proof


def test_a_draft_comes_back_from_its_notice() -> None:
    chosen = check(msgspec.structs.replace(OWNED, recipients=("B", "A"), query_keep=("p",), languages=("de", "en")))
    assert draft_of(msgspec.json.decode(msgspec.json.encode(body_of("example.com", chosen, "at")))) == chosen


@pytest.fixture
async def state(tmp_path: Path) -> State:
    opened = await asyncio.to_thread(State.open, tmp_path)
    async with opened.write() as connection:
        await sites.add(connection, sites.checked("example.com"), 1)
    return opened


async def _publish(state: State, draft: Draft, now: int, **options: Any) -> Any:
    async with state.write() as connection:
        return await publish(connection, "example.com", draft, iso(now), now, **options)


async def test_it_is_a_draft_until_somebody_answers_for_it(state: State) -> None:
    assert (await _publish(state, Draft(), 1)).draft
    assert (await _publish(state, Draft(controller="A"), 2)).draft
    assert not (await _publish(state, OWNED, 3)).draft
    for nobody in (Draft(), Draft(controller="A"), Draft(contact="a@example.com")):
        with pytest.raises(NoticeError, match="controller and contact"):
            await _publish(state, nobody, 4)
    await state.close()


async def test_planning_publishes_nothing(state: State) -> None:
    first = await _publish(state, OWNED, 1)
    async with state.read() as connection:
        planned = await plan(connection, "example.com", msgspec.structs.replace(OWNED, k=4), iso(2))
        assert (planned.before, planned.material, planned.over_draft) == (first.id, True, False)
        stored = (await connection.execute(select(tables.notice.c.id))).scalars().all()
    assert stored == [first.id]
    await state.close()


async def test_its_id_is_the_hash_of_what_is_stored(state: State) -> None:
    published = await _publish(state, OWNED, 1)
    async with state.read() as connection:
        body = (await connection.execute(select(tables.notice.c.body))).scalar_one()
    assert hashlib.sha256(body.encode()).hexdigest() == published.id
    await state.close()


async def test_there_and_back_within_a_second_is_refused_with_a_sentence(state: State) -> None:
    await _publish(state, OWNED, 1)
    await _publish(state, msgspec.structs.replace(OWNED, k=6), 1)
    with pytest.raises(NoticeError, match="within this second"):
        await _publish(state, OWNED, 1)
    await state.close()


async def test_anew_continues_nothing(state: State) -> None:
    await _publish(state, OWNED, 1)
    again = await _publish(state, OWNED, 2, anew=True)
    assert again.material  # no consent of before covers it
    assert again.difference is None
    await state.close()
