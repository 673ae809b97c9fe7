"""Options that several commands share."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import click

from collector import settings as declared
from collector.consent.notice import VISITS
from collector.log import configure
from collector.settings import Settings
from collector.state.database import FILE, State, StateError

Result = TypeVar("Result")
data_option = click.option("--data", help="Folder that holds everything [BYLEAVE_DATA, default data].")
visits_option = click.option(
    "--visits", type=click.Choice(VISITS), help="Whether reports show single visits; the notice says so."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def settings_from(**flags: Any) -> Settings:
    """Settings of this process, with logging set up accordingly."""
    for name in declared.unknown(os.environ):
        click.echo(f"Warning: {name} is no setting and changes nothing; see byleave --help.", err=True)
    settings = declared.load(**flags)
    configure(settings.log_level)
    return settings


def settings_of_data(data: str | None) -> Settings:
    """Settings of a command that is about data already there: a mistyped folder must not look like a good one.

    Raises StateError when the folder holds none.
    """
    settings = settings_from(data=data)
    if not (settings.data_path / FILE).exists():
        raise StateError(
            f"{settings.data_path} holds no data of Byleave. Name its folder with --data or BYLEAVE_DATA; "
            "a new one begins with: byleave site add example.com"
        )
    return settings


def with_state(settings: Settings, work: Callable[[State], Awaitable[Result]]) -> Result:
    """Open the state, do one piece of work in a fresh event loop, close it."""
    state = State.open(settings.data_path)

    async def run() -> Result:
        try:
            return await work(state)
        finally:
            await state.close()

    return asyncio.run(run())


def print_json(value: Any) -> None:
    """Machine-readable output on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
