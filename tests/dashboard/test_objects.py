"""What belongs to one site or one person is out of reach of another's admin, by whichever id and on whichever route."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state import tables
from collector.state.accounts import create_account
from collector.state.annotations import keep_annotation
from collector.state.funnels import keep_funnel
from collector.state.goals import keep_goal
from collector.state.segments import keep_segment
from collector.state.shares import create_share
from collector.state.tokens import create_token
from dashboard.auth_throttle import Throttle
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, PASSWORD, House, csrf_of, opened, sign_in
from tests.dashboard.routing import changes, filled

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = int(time.time())


async def _token(connection: AsyncConnection) -> None:
    await create_token(connection, OTHER, "theirs", NOW)


async def _note(connection: AsyncConnection) -> None:
    await keep_annotation(connection, OTHER, date(2026, 10, 1), "theirs", None)


async def _segment(connection: AsyncConnection) -> None:
    await keep_segment(connection, OTHER, "theirs", ["is:country:DE"])


async def _goal(connection: AsyncConnection) -> None:
    await keep_goal(connection, OTHER, "theirs", {"page": "/theirs"}, False)


async def _funnel(connection: AsyncConnection) -> None:
    await keep_funnel(connection, OTHER, "theirs", "loose", [{"page": "/"}, {"page": "/theirs"}])


async def _share(connection: AsyncConnection) -> None:
    await create_share(connection, OTHER, "theirs", NOW)


OBJECTS: dict[str, Callable[[AsyncConnection], Awaitable[Any]]] = {
    "api_token": _token,
    "annotation": _note,
    "saved_filters": _segment,
    "goal": _goal,
    "funnel": _funnel,
    "share": _share,
}
"""By table, how an object of the other site is made: one that no route of this site may touch."""
NOT_FOR_PAGES = {"ask", "audit", "consent_end", "consent_tally", "invitation", "notice", "site_role", "tombstone"}
"""Tables with a site that no form names a row of."""
NAMES = ("id", "name", "label", "token", "goal", "link", "known", "segment", "share")
"""Every name under which a form may say which object it means."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Throttle, "wait", lambda *_: 0)
        async with opened(tmp_path_factory.mktemp("objects")) as found:
            async with found.state.write() as connection:
                for email, site in (("admin@example.com", SITE), ("theirs@example.com", OTHER)):
                    await create_account(connection, email, PASSWORD, "admin", NOW, [site])
                for make in OBJECTS.values():
                    await make(connection)
            async with found.browser() as theirs:
                assert (await sign_in(theirs, "theirs@example.com")).status_code == 303
                yield found


async def theirs(house: House) -> dict[str, list[Any]]:
    """Every row of the other site, and everything of the other admin's account."""
    async with house.state.read() as connection:
        whose = (
            await connection.execute(select(tables.account).where(tables.account.c.email == "theirs@example.com"))
        ).one()
        found: dict[str, list[Any]] = {"account": [tuple(whose)]}
        for table in tables.metadata.sorted_tables:
            if "site" in table.c:
                query = select(table).where(table.c.site == OTHER)
            elif "account" in table.c:
                query = select(table).where(table.c.account == whose.id)
            else:
                continue
            found[table.name] = [dict(row._mapping) for row in (await connection.execute(query)).all()]
    return found


async def test_every_kind_of_object_is_among_those_tried(house: House) -> None:
    """Who adds a table of objects of a site says here how one is made."""
    known = {table.name for table in tables.metadata.sorted_tables if "site" in table.c}
    assert known == {*OBJECTS, *NOT_FOR_PAGES}
    there = await theirs(house)
    assert all(there[name] for name in OBJECTS)


@pytest.mark.parametrize(
    "path", [path for path in changes() if path != "/sign-out" and not path.startswith("/sign-in")]
)
async def test_nothing_of_another_site_or_person_is_touched(house: House, path: str) -> None:
    before = await theirs(house)
    ids = {
        str(value) for name in OBJECTS for row in before[name] for value in row.values() if value not in (None, OTHER)
    }
    ids |= {row["secret_hash"][:8].hex() for row in before["login"]}
    async with house.browser() as admin:
        assert (await sign_in(admin, "admin@example.com")).status_code == 303
        proof = csrf_of((await admin.get("/sites")).text)
        for site in (SITE, OTHER):
            for one in sorted(ids):
                for do in ("", "remove"):
                    named = dict.fromkeys(NAMES, one)
                    also = {"text": "mine", "day": "2026-10-02", "back": f"/sites/{SITE}?f=is:country:FR", "do": do}
                    answer = await admin.post(
                        filled(path, site=site), data={"csrf": proof, "email": "theirs@example.com", **named, **also}
                    )
                    assert answer.status_code < 500, answer.text
                    assert site == SITE or "{site}" not in path or answer.status_code == 404
    assert await theirs(house) == before
