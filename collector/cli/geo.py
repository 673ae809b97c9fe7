"""byleave geo update."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from collector.cli.options import data_option, json_option, print_json, settings_from
from collector.enrich import fetch
from collector.enrich.update import Updated, update

_KNOWN_BY_ITSELF = "Running processes take it up within five seconds."


@click.group()
def geo() -> None:
    """The city database: from an address to country and city, on this machine."""


@geo.command("update")
@data_option
@json_option
def update_command(data: str | None, as_json: bool) -> None:
    """Fetch the newest city database: DB-IP's free one of the month, or MaxMind's with BYLEAVE_GEO_KEY.

    It is unpacked and checked first, then put in place by a rename; whatever fails, the old one stays.
    """
    settings = settings_from(data=data)
    with _bar(as_json) as progress:
        updated = update(settings, datetime.now(UTC).date(), progress)
    if as_json:
        print_json(updated._asdict() | {"file": str(updated.file), "built": updated.built.isoformat()})
        return
    click.echo(f"{updated.file}: {_words(updated)}. {_KNOWN_BY_ITSELF}")


def _words(updated: Updated) -> str:
    only = "" if updated.ip_version == 6 else ", IPv4 alone"
    return f"{updated.kind} of {updated.built}, {updated.size / 1e6:.1f} MB{only}"


@contextmanager
def _bar(as_json: bool) -> Iterator[fetch.Progress | None]:
    """A bar on a terminal; nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # here, since it takes every other command 40 ms to import
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("Fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
