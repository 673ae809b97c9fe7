"""byleave audit: who changed what."""

import click
import msgspec

from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.consent.record import iso
from collector.state.audit import Entry, entries
from collector.state.database import State


@click.group()
def audit() -> None:
    """The log of changed settings."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many, at most.")
@data_option
@json_option
def list_(limit: int, data: str | None, as_json: bool) -> None:
    """List who changed which setting and when, the newest first."""

    async def work(state: State) -> list[Entry]:
        async with state.read() as connection:
            return await entries(connection, limit)

    found = with_state(settings_of_data(data), work)
    if as_json:
        print_json([msgspec.to_builtins(one) | {"at": iso(one.at)} for one in found])
        return
    for one in found:
        detail = ", ".join(f"{name} {value}" for name, value in one.detail.items())
        click.echo(" · ".join(filter(None, (iso(one.at), one.actor, one.action, one.site, detail))))
