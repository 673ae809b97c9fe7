"""byleave erase: for an operator who was written to, and to make what was erased leave the disk at once."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
from sqlalchemy import select

from collector import server
from collector.cli.confirm import confirm
from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.cli.progress import watched
from collector.consent import rights
from collector.consent.erasure_log import ErasureLog
from collector.consent.keys import Keys
from collector.consent.record import iso
from collector.consent.signature import NotSigned, signed
from collector.consent.token import BadToken, Tokens
from collector.control import NoOwner, call
from collector.owner import GENERATION_AGE
from collector.settings import Settings
from collector.state import tables
from collector.state.database import State, prepare_data_directory

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
    settings = settings_of_data(data)
    erased = False
    if given:
        ((name, value),) = given.items()
        prepare_data_directory(settings.data_path)
        subject = _WHOM[name](Keys.open(settings.data_path), value)
        confirm(f"This withdraws the consent of {subject.hex()} and erases every row of it, for good.", "erase", yes)
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


async def _erase(state: State, data: Path, subject: bytes) -> bool:
    """Bury who that subject is now. Raises ClickException where nobody ever had it."""
    log = tables.consent_log
    found = select(log.c.body).where(log.c.subject == subject, log.c.body.is_not(None)).limit(1)
    async with state.write() as connection:
        body = (await connection.execute(found)).scalar()
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
    await watched(settings, call(settings.data_path, "erase_now"), "Erasing for good", shown=not quiet)


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
