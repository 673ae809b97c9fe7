"""byleave site remove."""

import sys
import time

import click

from collector.cli.confirm import confirm
from collector.cli.erase import erase_now
from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.cli.progress import bar
from collector.consent import removal
from collector.consent.erasure_log import ErasureLog
from collector.demo import MADE_UP
from collector.settings import Settings
from collector.state.audit import COMMAND_LINE, note
from collector.state.database import State
from collector.state.site import SiteError


@click.command("remove")
@click.argument("host")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
@json_option
def remove(host: str, yes: bool, data: str | None, as_json: bool) -> None:
    """Remove the site HOST: withdraw every consent to it and erase every row, for good.

    Its notices stay served, for the receipts that people keep name them. Repeat it if it was cut short.
    """
    settings = settings_of_data(data)
    name = with_state(settings, lambda state: _removable(state, host))
    confirm(f"This withdraws every consent to {name}, and erases all that was collected there.", name, yes)
    people = with_state(
        settings, lambda state: _remove(settings, state, name, quiet=as_json or not sys.stderr.isatty())
    )
    if as_json:
        print_json({"site": name, "withdrawn": people})
    else:
        click.echo(f"Removed {name}: {people} visitor(s) withdrawn, and no file holds a row of theirs any more.")


async def _removable(state: State, host: str) -> str:
    async with state.read() as connection:
        name = await removal.removable(connection, host)
    if name == MADE_UP:  # nobody consented to its rows, so that no withdrawal takes them away
        raise SiteError(f"Everything about {name} is made up. Stop the demo, then delete its folder.")
    return name


async def _remove(settings: Settings, state: State, name: str, *, quiet: bool) -> int:
    with bar(shown=not quiet) as shown:
        async with state.write() as connection:
            await removal.mark(connection, name, int(time.time()))
            await note(connection, int(time.time()), COMMAND_LINE, "site removed", name)
        task = shown.add_task("Withdrawing consents", total=None)
        async for done, total in removal.bury_everybody(state, name):
            shown.update(task, completed=done, total=total)
    await ErasureLog(settings.data_path).catch_up(state)
    await erase_now(settings, state, quiet=quiet)
    return total
