"""byleave erase: for an operator who was written to, and to make what was erased leave the disk at once."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from collector import server
from collector.cli.options import data_option, json_option, print_json, settings_from, with_state
from collector.consent import rights
from collector.consent.erasure_log import ErasureLog
from collector.consent.keys import Keys
from collector.consent.record import iso
from collector.consent.signature import NotSigned, signed
from collector.consent.token import BadToken, Tokens
from collector.control import ControlError, NoOwner, call
from collector.owner import GENERATION_AGE
from collector.settings import Settings
from collector.state import tables
from collector.state.database import State, prepare_data_directory

ASK_S = 0.3  # how often the progress of a rewrite is asked for
NIGHTLY = GENERATION_AGE + timedelta(hours=1)


@click.command()
@click.option("--now", is_flag=True, help="Make everything that was erased leave the disk now; can take minutes.")
@click.option("--access-key", help="Erase the visitor who holds this key (k1.…).")
@click.option(
    "--receipt", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="… whose receipt this file holds."
)
@click.option("--subject", help="… whose records carry this subject (32 hexadecimal digits).")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@data_option
@json_option
def erase(data: str | None, as_json: bool, now: bool, yes: bool, **whom: Any) -> None:
    """Withdraw a visitor's consent and erase their rows, or make what was erased leave the disk at once.

    Reports drop the rows at once. The bytes leave the disk with the next daily rewrite of the store, within 24 hours,
    or with --now. Alone, --now does that for everything erased so far.
    """
    given = {name: value for name, value in whom.items() if value is not None}
    if len(given) > 1 or not (given or now):
        raise click.UsageError(
            "Give one of --access-key, --receipt and --subject, or --now, or --now with one of them."
        )
    settings = settings_from(data=data)
    erased = False
    if given:
        ((name, value),) = given.items()
        prepare_data_directory(settings.data_path)
        subject = _WHOM[name](Keys.open(settings.data_path), value)
        _confirm(yes, subject)
        erased = with_state(settings, lambda state: _erase(state, settings.data_path, subject))
    if now:
        with_state(settings, lambda state: erase_now(settings, state, quiet=as_json or not sys.stderr.isatty()))
    if as_json:
        print_json({"erased": erased, "physical": now})
    else:
        click.echo(" ".join(_told(given, erased, now)))


def _by_access_key(keys: Keys, text: str) -> bytes:
    try:
        return Tokens(keys).access_key(text.strip()).subject
    except (BadToken, UnicodeDecodeError):
        raise click.ClickException("This is not an access key of this server. It begins with k1.") from None


def _by_receipt(keys: Keys, file: Path) -> bytes:
    try:
        return bytes.fromhex(signed(keys, file.read_text("utf-8").strip())["record"]["subject"])
    except (NotSigned, ValueError, KeyError, TypeError):
        raise click.ClickException(
            f"{file} holds no receipt of this server. A receipt is one line of three parts with dots between them."
        ) from None


def _by_subject(_keys: Keys, text: str) -> bytes:
    try:
        subject = bytes.fromhex(text.strip())
    except ValueError:
        subject = b""
    if len(subject) != 16:
        raise click.ClickException("A subject is 32 hexadecimal digits, as a receipt names it under record.")
    return subject


_WHOM: dict[str, Callable[[Keys, Any], bytes]] = {
    "access_key": _by_access_key,
    "receipt": _by_receipt,
    "subject": _by_subject,
}


def _confirm(yes: bool, subject: bytes) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.ClickException("Erasing cannot be undone. Add --yes to do it without being asked.")
    click.echo(f"This withdraws the consent of {subject.hex()} and erases every row of it, for good.", err=True)
    if click.prompt('Type "erase" to go on', default="", show_default=False) != "erase":
        raise click.ClickException("Nothing was erased.")


async def _erase(state: State, data: Path, subject: bytes) -> bool:
    """Bury who that subject is now. Raises ClickException where nobody ever had it."""
    async with state.write() as connection:
        log = tables.consent_log
        body = (
            await connection.execute(
                select(log.c.body).where(log.c.subject == subject, log.c.body.is_not(None)).limit(1)
            )
        ).scalar()
        if body is None:
            raise click.ClickException("No consent is recorded under this subject, so there is nothing to erase.")
        newest = await rights.newest(connection, subject)
        erased = await rights.withdraw(connection, newest, msgspec.json.decode(body)["site"])
    await ErasureLog(data).catch_up(state)
    return erased


async def erase_now(settings: Settings, state: State, *, quiet: bool) -> None:
    """Ask the owner of the store, or be it meanwhile where none runs."""
    try:
        await _watched(settings, quiet)
    except NoOwner:
        async with server.following(state) as follower, server.owning(settings, follower):
            await _watched(settings, quiet)


async def _watched(settings: Settings, quiet: bool) -> None:
    data = settings.data_path
    erasing = asyncio.create_task(call(data, "erase_now"))
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        shown = progress.add_task("waiting for the store", total=1.0)
        await _until_done(erasing, lambda: _show(data, progress, shown))
    await erasing


async def _until_done(work: "asyncio.Task[Any]", show: Callable[[], Awaitable[None]]) -> None:
    while not (await asyncio.wait({work}, timeout=ASK_S))[0]:
        await show()


async def _show(data: Path, progress: Progress, shown: Any) -> None:
    with suppress(NoOwner, ControlError):
        rewriting = (await call(data, "status"))["rewriting"]
        if rewriting:
            progress.update(
                shown, description=f"rewriting the store: {rewriting['phase']}", completed=rewriting["share"]
            )
        else:
            progress.update(shown, description="emptying the queue")


def _told(given: dict[str, Any], erased: bool, now: bool) -> list[str]:
    told = []
    if given:
        told.append("Erased: no report shows a row of it." if erased else "This visitor was erased before.")
    if now:
        told.append("No file of store or queue holds a byte of what was erased.")
    elif erased:
        by = iso(int(time.time() + NIGHTLY.total_seconds()))
        told.append(f"The bytes leave the disk by {by}; at once with: byleave erase --now")
    return told
