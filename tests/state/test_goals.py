"""Goals and funnels in the state: kept, changed, removed, of their own site alone, refused where they are none."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import removal
from collector.state import funnels, goals, sites
from collector.state.database import State
from collector.state.funnels import Funnel, keep_funnel, list_funnels, remove_funnel
from collector.state.goals import Goal, GoalError, keep_goal, list_goals, remove_goal
from collector.state.tables import metadata

SITE, OTHER = "example.com", "other.example"
THANKS = {"page": "/thanks*"}
STEPS = [{"page": "/"}, {"click": "buy"}, {"event": "order"}]


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    opened = await asyncio.to_thread(State.open, tmp_path)
    async with opened.write() as connection:
        for name in (SITE, OTHER):
            await sites.add(connection, await asyncio.to_thread(sites.checked, name), int(time.time()))
    yield opened
    await opened.close()


async def test_a_goal_is_kept_changed_and_removed(state: State) -> None:
    async with state.write() as connection:
        thanks = await keep_goal(connection, SITE, "Thanks", THANKS, False)
        order = await keep_goal(connection, SITE, "Order", {"event": "order"}, True)
        assert await list_goals(connection, SITE) == [
            Goal(thanks, "Thanks", THANKS),
            Goal(order, "Order", {"event": "order"}, True),
        ]
        assert await keep_goal(connection, SITE, "THANKS", {"click": "ok"}, False, thanks) == thanks
        assert (await list_goals(connection, SITE))[0] == Goal(thanks, "THANKS", {"click": "ok"})
        await remove_goal(connection, OTHER, thanks)
        assert len(await list_goals(connection, SITE)) == 2, "a goal of another site is not there to remove"
        await remove_goal(connection, SITE, thanks)
        await remove_goal(connection, SITE, thanks)
        assert [one.id for one in await list_goals(connection, SITE)] == [order]


async def test_a_funnel_is_kept_changed_and_removed(state: State) -> None:
    async with state.write() as connection:
        made = await keep_funnel(connection, SITE, "Shop", "loose", STEPS)
        assert await list_funnels(connection, SITE) == [Funnel(made, "Shop", "loose", tuple(STEPS))]
        await keep_funnel(connection, SITE, "Shop", "strict", STEPS[:2], made)
        assert await list_funnels(connection, SITE) == [Funnel(made, "Shop", "strict", tuple(STEPS[:2]))]
        await remove_funnel(connection, OTHER, made)
        assert await list_funnels(connection, SITE)
        await remove_funnel(connection, SITE, made)
        assert await list_funnels(connection, SITE) == []


async def test_an_id_of_another_site_makes_a_goal_of_ones_own(state: State) -> None:
    async with state.write() as connection:
        theirs = await keep_goal(connection, OTHER, "Theirs", THANKS, False)
        assert await keep_goal(connection, SITE, "Mine", THANKS, False, theirs) != theirs
        assert [one.name for one in await list_goals(connection, OTHER)] == ["Theirs"]


Keep = Callable[[AsyncConnection], Awaitable[Any]]


def goal(name: str = "x", step: Any = THANKS, valued: bool = False) -> Keep:
    return lambda connection: keep_goal(connection, SITE, name, step, valued)


def funnel(name: str = "x", mode: str = "loose", steps: Any = STEPS) -> Keep:
    return lambda connection: keep_funnel(connection, SITE, name, mode, steps)


REFUSED: dict[str, tuple[Keep, str, int]] = {
    "no name": (goal(""), "name", 1),
    "a long name": (goal("x" * 65), "name", 1),
    "a name of two lines": (goal("a\nb"), "name", 1),
    "a name that is there, in another case": (goal("KEPT"), "taken", 1),
    "an empty glob": (goal(step={"page": ""}), "step", 1),
    "a long glob": (goal(step={"page": "/" + "x" * 500}), "step", 1),
    "a glob with NUL": (goal(step={"click": "a\0"}), "step", 1),
    "a lone surrogate": (goal(step={"click": "\ud800"}), "step", 1),
    "an unknown kind": (goal(step={"leave": "/"}), "step", 1),
    "two kinds": (goal(step={"page": "/", "click": "x"}), "step", 1),
    "no step": (goal(step={}), "step", 1),
    "a whole address": (goal(step={"page": "https://example.com/"}), "page", 1),
    "a value of a page": (goal(valued=True), "value", 1),
    "a funnel of 1 step": (funnel(steps=STEPS[:1]), "count", 1),
    "a funnel of 9 steps": (funnel(steps=STEPS * 3), "count", 1),
    "a funnel of another mode": (funnel(mode="quick"), "mode", 1),
    "a funnel's third step": (funnel(steps=[*STEPS[:2], {"page": "thanks"}]), "page", 3),
    "a funnel's name that is there": (funnel("kept"), "taken", 1),
}


async def test_what_cannot_be_kept_says_why(state: State) -> None:
    async with state.write() as connection:
        await keep_goal(connection, SITE, "Kept", THANKS, False)
        await keep_funnel(connection, SITE, "Kept", "loose", STEPS)
        await keep_goal(connection, OTHER, "x", THANKS, False)
        for name, (keep, fault, number) in REFUSED.items():
            with pytest.raises(GoalError) as caught:
                await keep(connection)
            assert (caught.value.fault, caught.value.number) == (fault, number), name
        assert (len(await list_goals(connection, SITE)), len(await list_funnels(connection, SITE))) == (1, 1)


async def test_a_site_keeps_as_many_as_a_page_can_show(state: State) -> None:
    async with state.write() as connection:
        for number in range(goals.MOST):
            await keep_goal(connection, SITE, f"goal {number}", THANKS, False)
        for number in range(funnels.MOST):
            await keep_funnel(connection, SITE, f"funnel {number}", "loose", STEPS)
        for keep in (goal(), funnel()):
            with pytest.raises(GoalError, match="full"):
                await keep(connection)
        first = (await list_goals(connection, SITE))[0]
        await keep_goal(connection, SITE, "renamed", THANKS, False, first.id)


async def test_they_go_with_their_site(state: State) -> None:
    async with state.write() as connection:
        await keep_goal(connection, SITE, "Thanks", THANKS, False)
        await keep_funnel(connection, SITE, "Shop", "loose", STEPS)
        await keep_goal(connection, OTHER, "Thanks", THANKS, False)
        await removal.mark(connection, SITE, int(time.time()))
        assert await list_goals(connection, SITE) == [] == await list_funnels(connection, SITE)
        assert len(await list_goals(connection, OTHER)) == 1


async def test_the_migrations_make_the_tables_that_the_code_names(state: State) -> None:
    async with state.read() as connection:
        differences = await connection.run_sync(lambda db: compare_metadata(MigrationContext.configure(db), metadata))
    assert differences == []
