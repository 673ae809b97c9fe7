"""The ways that the owners of a site want visits to take: funnels, each a row of steps under a name."""

import json

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.goals import GoalError, Step, check_step, keep_named, of
from collector.state.tables import funnel

FEWEST_STEPS, MOST_STEPS = 2, 8  # as the reports take them
MOST = 10  # funnels of one site; each is a report of its own, and all of them stand on one page
LOOSE, STRICT = "loose", "strict"
MODES = (LOOSE, STRICT)


class Funnel(msgspec.Struct, frozen=True):
    """One funnel. `mode`: of `strict` each step is the very next one, of `loose` any later one of the same visit."""

    id: int
    name: str
    mode: str
    steps: tuple[Step, ...]


async def list_funnels(connection: AsyncConnection, site: str) -> list[Funnel]:
    """The funnels of a site in the order in which they were added."""
    query = select(funnel).where(funnel.c.site == site).order_by(funnel.c.id)
    rows = await connection.execute(query)
    return [Funnel(row.id, row.name, row.mode, tuple(json.loads(row.steps))) for row in rows]


async def keep_funnel(
    connection: AsyncConnection, site: str, name: str, mode: str, steps: list[Step], known: int | None = None
) -> int:
    """Add a funnel, or change the one of the site that is `known` by its id; returns the id. Raises GoalError."""
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        raise GoalError("count")
    if mode not in MODES:
        raise GoalError("mode")
    for number, step in enumerate(steps, 1):
        check_step(step, number)
    values = {"name": name, "mode": mode, "steps": json.dumps(steps, ensure_ascii=False)}
    return await keep_named(connection, funnel, site, values, MOST, known)


async def remove_funnel(connection: AsyncConnection, site: str, known: int) -> None:
    """Remove a funnel of the site; one that is gone already is no error."""
    await connection.execute(delete(funnel).where(of(funnel, site, known)))
