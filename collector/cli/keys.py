"""byleave keys list and rotate."""

import time
from typing import Any

import click

from collector.cli.confirm import confirm
from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.consent.keys import Keys, TokenKey
from collector.consent.record import iso
from collector.consent.token import LIFETIME_S
from collector.state.audit import COMMAND_LINE, note
from collector.state.database import State


@click.group()
def keys() -> None:
    """The keys that sign what visitors hold: tokens, access keys and receipts."""


@keys.command("list")
@data_option
@json_option
def list_(data: str | None, as_json: bool) -> None:
    """List the keys, the newest last, and what each is still good for."""
    settings = settings_of_data(data)
    with_state(settings, _nothing)
    found = described(Keys.open(settings.data_path), time.time())
    if as_json:
        print_json(found)
        return
    for one in found["tokens"]:
        click.echo(f"{one['kid']}  tokens    {one['created']}  {MEANING[one['standing']]}")
    for kid in found["receipts"]:
        click.echo(f"{kid}  receipts  {'signs and verifies' if kid == found['receipts'][-1] else 'verifies'}")


@keys.command("rotate")
@click.option("--kill", metavar="KID", help="A key that proves nothing any more: everybody under it is asked again.")
@click.option("--yes", is_flag=True, help="Do not ask before a key is killed.")
@data_option
@json_option
def rotate(kill: str | None, yes: bool, data: str | None, as_json: bool) -> None:
    """Sign with new keys from now on; what the old ones signed stays good.

    Do it now and then, or when a backup of keys.json went astray: then with --kill. A killed key still withdraws.
    """
    settings = settings_of_data(data)
    if kill is not None:
        confirm(f"Everybody whose token was signed with {kill} will be asked again.", kill, yes)
    with_state(settings, _nothing)
    Keys.open(settings.data_path)
    new = Keys.rotate(settings.data_path, kill)
    with_state(settings, lambda state: _tell(state, {"tokens": new.signing.kid, "killed": kill or "none"}))
    if as_json:
        print_json({"tokens": new.signing.kid, "receipts": new.receipt_key.kid, "killed": kill})
        return
    click.echo(f"Tokens are signed with {new.signing.kid}, receipts with {new.receipt_key.kid} from now on.")
    if kill is not None:
        click.echo(f"{kill} proves nothing any more; it still withdraws.")


MEANING = {
    "signs": "signs and verifies",
    "verifies": "verifies until its last token has expired",
    "withdraws": "withdraws and erases; its tokens have expired",
    "killed": "killed: withdraws and erases alone",
}


def described(found: Keys, now: float) -> dict[str, Any]:
    """The keys as lists show them, without their secrets."""
    tokens = [
        {"kid": key.kid, "created": iso(key.created), "standing": standing(found, key, now)}
        for key in found.token_keys.values()
    ]
    return {"tokens": tokens, "receipts": [jwk["kid"] for jwk in found.public]}


def standing(found: Keys, key: TokenKey, now: float) -> str:
    """What a token key is good for, as in MEANING."""
    if key.killed:
        return "killed"
    if key.kid == found.signing.kid:
        return "signs"
    every = list(found.token_keys.values())
    signed_until = every[every.index(key) + 1].created
    return "withdraws" if signed_until + LIFETIME_S <= now else "verifies"


async def _nothing(_state: State) -> None:
    """The data directory is there and this version's."""


async def _tell(state: State, told: dict[str, str]) -> None:
    """Note it; and its write moves the change counter, so that every process reads the keys again."""
    async with state.write() as connection:
        await note(connection, int(time.time()), COMMAND_LINE, "keys rotated", **told)
