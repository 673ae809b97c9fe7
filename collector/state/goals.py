"""What the owners of a site want visits to do: goals, each one step under a name."""

import json
from collections.abc import Mapping
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import goal

NAME_MAX = 64  # characters
GLOB_MAX = 500  # characters
MOST = 30  # goals of one site; each is a report of its own, and all of them stand on one page

Step = dict[str, str]
"""One of `{"page": glob}`, `{"click": glob}`, `{"event": glob}`, as the reports take it."""
KINDS = ("page", "click", "event")
Fault = Literal["name", "taken", "step", "page", "value", "count", "mode", "full"]


class GoalError(ValueError):
    """A goal or a funnel cannot be kept.

    `fault` says why: its name is none or `taken`; a `step` is none, or a `page` that no path can match; a `value` of
    what has none; the `count` of the steps; the `mode`; or the site is `full`. `number` is the step at fault, from 1.
    """

    def __init__(self, fault: Fault, number: int = 1) -> None:
        super().__init__(fault)
        self.fault = fault
        self.number = number


class Goal(msgspec.Struct, frozen=True):
    """One goal. `valued`: the amounts of its events are summed beside the visits that have it."""

    id: int
    name: str
    step: Step
    valued: bool = False


async def list_goals(connection: AsyncConnection, site: str) -> list[Goal]:
    """The goals of a site in the order in which they were added."""
    query = select(goal).where(goal.c.site == site).order_by(goal.c.id)
    return [Goal(row.id, row.name, json.loads(row.step), row.valued) for row in await connection.execute(query)]


async def keep_goal(
    connection: AsyncConnection, site: str, name: str, step: Step, valued: bool, known: int | None = None
) -> int:
    """Add a goal, or change the one of the site that is `known` by its id; returns the id. Raises GoalError."""
    check_step(step)
    if valued and "event" not in step:
        raise GoalError("value")
    values = {"name": name, "step": json.dumps(step, ensure_ascii=False), "valued": valued}
    return await keep_named(connection, goal, site, values, MOST, known)


async def remove_goal(connection: AsyncConnection, site: str, known: int) -> None:
    """Remove a goal of the site; one that is gone already is no error."""
    await connection.execute(delete(goal).where(of(goal, site, known)))


async def keep_named(
    connection: AsyncConnection, table: Table, site: str, values: Mapping[str, object], most: int, known: int | None
) -> int:
    """Add or change what has a `name` of its own on a site; returns its id. Raises GoalError."""
    name = str(values["name"])
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise GoalError("name")
    others = await connection.execute(select(table.c.id, table.c.name).where(table.c.site == site))
    named = {row.id: row.name.casefold() for row in others}
    if name.casefold() in [other for number, other in named.items() if number != known]:
        raise GoalError("taken")
    if known is not None and known in named:
        await connection.execute(update(table).where(of(table, site, known)).values(**values))
        return known
    if len(named) >= most:
        raise GoalError("full")
    await connection.execute(insert(table).values(site=site, **values))
    return int(await connection.scalar(select(func.max(table.c.id)).where(table.c.site == site)) or 0)


def check_step(step: Step, number: int = 1) -> None:
    """Refuse what no page, click or event can be. Raises GoalError."""
    kind, glob = next(iter(step.items()), ("", ""))
    if len(step) != 1 or kind not in KINDS or not glob or len(glob) > GLOB_MAX or not glob.isprintable():
        raise GoalError("step", number)
    if kind == "page" and not glob.startswith(("/", "*", "?")):
        raise GoalError("page", number)


def of(table: Table, site: str, known: int) -> ColumnElement[bool]:
    """The row of a site that is known by its id."""
    return (table.c.site == site) & (table.c.id == known)
