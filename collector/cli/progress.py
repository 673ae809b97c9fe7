"""A bar for work that takes long, on a terminal alone."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from collector import control
from collector.settings import Settings

Result = TypeVar("Result")
LOOK_SECONDS = 0.3


def bar(*, shown: bool) -> Progress:
    """A progress display on standard error; nothing where that is no terminal, or it is not to be shown."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=not (shown and console.is_terminal), transient=True)


async def watched(settings: Settings, work: Awaitable[Result], waiting: str, *, shown: bool) -> Result:
    """What `work` returns, while a bar shows how far the owner of the store says it is."""
    with bar(shown=shown) as display:
        task = display.add_task(waiting, total=1.0)
        looking = asyncio.create_task(_look(settings, display, task, waiting))
        try:
            return await work
        finally:
            looking.cancel()


async def _look(settings: Settings, display: Progress, task: TaskID, waiting: str) -> None:
    while not display.disable:
        status = await _status(settings.data_path)
        part = status.get("backup") or status.get("rewriting")
        if part:
            display.update(task, completed=part["share"], description=f"{waiting}: {part['phase']}")
        await asyncio.sleep(LOOK_SECONDS)


async def _status(data: Any) -> dict[str, Any]:
    try:
        status: dict[str, Any] = await control.call(data, "status")
    except (control.NoOwner, control.ControlError):
        return {}
    return status
