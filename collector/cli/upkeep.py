"""byleave retention run, backup and restore: what keeps a data directory in order over the years."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from collector import control, server
from collector import restore as restoring
from collector.cli.options import data_option, json_option, print_json, settings_from, settings_of_data
from collector.cli.progress import bar, watched
from collector.owner import Owner
from collector.retention import Clock, utc_now
from collector.settings import Settings
from collector.state.database import State


@click.group()
def retention() -> None:
    """Let go what has had its time, each row by the notice that it names."""


@retention.command("run")
@data_option
@json_option
def retention_run(data: str | None, as_json: bool) -> None:
    """Delete expired rows now, down to the bytes on the disk. A running server does so once a day by itself."""
    gone = asyncio.run(retained(settings_of_data(data), shown=not as_json))
    if as_json:
        print_json({"rows": gone})
        return
    for site, rows in gone.items():
        click.echo(f"{site}: {rows} row(s) expired and went")
    if not gone:
        click.echo("No row is expired.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@data_option
@json_option
def backup(file: Path, data: str | None, as_json: bool) -> None:
    """Write everything to one FILE.tar, while all goes on; a folder gets a file named by the time.

    It is written by the process that owns the store, with mode 0600. It holds the keys and every row: keep it as safe
    as the data directory.
    """
    made = asyncio.run(backed_up(settings_of_data(data), file.absolute(), shown=not as_json))
    if as_json:
        print_json(made)
        return
    click.echo(f"{made['path']}: {made['files']} files, {made['bytes'] / 1024**2:.1f} MiB, as of {made['made']}")
    click.echo("Copy it off this machine, and erasures.ndjson every day: a restore asks for the newest copy of that.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--data", required=True, help="The new folder; it must be empty, or not be there.")
@click.option(
    "--erasures", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The newest erasures.ndjson."
)
@click.option("--accept-missing-erasures", "accept", is_flag=True, help="Go on though erased rows may come back.")
@json_option
def restore(file: Path, data: str, erasures: Path | None, accept: bool, as_json: bool) -> None:
    """Make a data folder from a backup FILE, without what was erased or has expired since it was made."""
    settings = settings_from(data=data)
    with bar(shown=not as_json) as display:
        task = display.add_task("Restoring", total=None)
        done = asyncio.run(
            restoring.restore(
                file, settings, erasures, accept=accept,
                moved=lambda size: display.advance(task, size),
                size=lambda size: display.update(task, total=size),
            )
        )  # fmt: skip
    if as_json:
        print_json(done)
        return
    click.echo(f"Restored the backup of {done['made']} into {done['data']}.")
    click.echo(
        f"{done['erased']} erasure(s) since were done again; {done['expired']} row(s) had expired; none is left."
    )
    if done["unreadable_lines"]:
        click.echo(f"{done['unreadable_lines']} line(s) of the erasure log could not be read: is it a whole copy?")
    if erasures is None:
        click.echo(restoring.ACCEPTED)


async def retained(settings: Settings, *, shown: bool = False, clock: Clock = utc_now) -> dict[str, int]:
    """Rows that went, by site; by the owner of the store where one runs, else as its owner meanwhile."""

    async def ask() -> dict[str, int]:
        gone: dict[str, int] = await control.call(settings.data_path, "retention_run")
        return gone

    return await watched(settings, _by_owner(settings, ask, Owner.retain_now, clock), "Expiring", shown=shown)


async def backed_up(settings: Settings, file: Path, *, shown: bool = False) -> dict[str, Any]:
    """What was written; likewise. Whoever stops waiting stops the backup."""

    async def ask() -> dict[str, Any]:
        try:
            made: dict[str, Any] = await control.call(settings.data_path, "backup", path=str(file))
        except asyncio.CancelledError:
            with contextlib.suppress(control.NoOwner, control.ControlError):
                await control.call(settings.data_path, "backup_stop")
            raise
        return made

    own = _by_owner(settings, ask, lambda owner: owner.backup.make(str(file)), utc_now)
    return await watched(settings, own, "Backing up", shown=shown)


async def _by_owner(
    settings: Settings, ask: Callable[[], Awaitable[Any]], own: Callable[[Owner], Awaitable[Any]], clock: Clock
) -> Any:
    try:
        return await ask()
    except control.NoOwner:
        state = await asyncio.to_thread(State.open, settings.data_path)
        try:
            async with server.following(state) as follower, server.owning(settings, follower, clock) as owner:
                return await own(owner)
        finally:
            await state.close()
