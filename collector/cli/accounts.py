"""byleave user and token: who may look at the reports."""

import sys
import time
from typing import Any

import click
import msgspec

from collector.cli.options import (
    data_option,
    json_option,
    print_json,
    settings_from,
    settings_of_data,
    with_state,
)
from collector.consent.record import iso
from collector.state import accounts, roles, second_factor, sites, tokens
from collector.state.audit import COMMAND_LINE, note
from collector.state.database import State
from collector.state.roles import NO_ROLE, OWNER, ROLES

password_option = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input instead of asking."
)


@click.group()
def user() -> None:
    """The people who sign in to the dashboard."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.option("--site", "hosts", multiple=True, help="A site that an admin changes or a viewer reads; repeat for more.")
@password_option
@data_option
def add(email: str, role: str, hosts: tuple[str, ...], from_stdin: bool, data: str | None) -> None:
    """Create an account for EMAIL; asks for its password.

    An owner may everything, an admin reads the given sites and changes their settings, a viewer reads them.
    """
    if (role == OWNER) == bool(hosts):
        raise click.UsageError("An owner has every site, without --site; an admin or viewer needs one --site or more.")
    settings = settings_from(data=data)
    password = _password(from_stdin)

    async def work(state: State) -> None:
        async with state.write(followed=False) as connection:
            names = [(await sites.named(connection, host)).name for host in hosts]
            now = int(time.time())
            made = await accounts.create_account(connection, email, password, role, now, names)
            told = {"account": made.email, "role": role, "sites": ", ".join(names)}
            await note(connection, now, COMMAND_LINE, "account added", **told)

    with_state(settings, work)
    click.echo(f"Created {email.strip().lower()} ({role}).")


@user.command("list")
@data_option
@json_option
def list_accounts(data: str | None, as_json: bool) -> None:
    """List the accounts."""

    async def work(state: State) -> list[accounts.Account]:
        async with state.read() as connection:
            return await accounts.list_accounts(connection)

    found = with_state(settings_of_data(data), work)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    for account in found:
        standing = ", ".join(f"{role} of {site}" for site, role in account.sites.items()) or "no site"
        factor = " · second factor" if account.second_factor else ""
        click.echo(f"{account.email} · {OWNER if account.role == OWNER else standing}{factor}")


@user.command("remove")
@click.argument("email")
@click.confirmation_option(prompt="Remove this account and end its sign-ins?")
@data_option
def remove(email: str, data: str | None) -> None:
    """Remove the account EMAIL."""

    async def work(state: State) -> None:
        async with state.write(followed=False) as connection:
            await accounts.remove_account(connection, email)
            told = email.strip().lower()
            await note(connection, int(time.time()), COMMAND_LINE, "account removed", account=told)

    with_state(settings_of_data(data), work)
    click.echo(f"Removed {email}.")


@user.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice((*ROLES, NO_ROLE)))
@click.option("--site", "hosts", multiple=True, help="The site it is about; repeat for more. An owner has every site.")
@data_option
def change_role(email: str, role: str, hosts: tuple[str, ...], data: str | None) -> None:
    """Change what the account EMAIL may: owner, or admin, viewer or none of the given sites.

    Other sites stay as they are. Who was an owner and becomes anything else keeps no site but those given.
    """
    if (role == OWNER) == bool(hosts):
        raise click.UsageError("Give the sites it is about with --site; an owner has every site, without --site.")

    async def work(state: State) -> None:
        async with state.write(followed=False) as connection:
            found = await accounts.find_account(connection, email)
            names = [(await sites.named(connection, host)).name for host in hosts]
            for name in names or [""]:
                await roles.change_role(connection, found.id, role, name)
            told = {"account": found.email, "role": role, "at": ", ".join(names)}
            await note(connection, int(time.time()), COMMAND_LINE, "account changed", **told)

    with_state(settings_of_data(data), work)
    click.echo(f"{email} is {role} of {', '.join(hosts)}." if hosts else f"{email} is {role}.")


@user.command("factor-off")
@click.argument("email")
@click.confirmation_option(prompt="Let the password alone open this account?")
@data_option
def factor_off(email: str, data: str | None) -> None:
    """Turn the second factor of EMAIL off, for who has lost app and recovery codes."""

    async def work(state: State) -> bool:
        async with state.write(followed=False) as connection:
            found = await accounts.find_account(connection, email)
            if found.second_factor:
                await second_factor.turn_off(connection, found.id)
                await note(connection, int(time.time()), COMMAND_LINE, "second factor off", account=found.email)
            return found.second_factor

    was_on = with_state(settings_of_data(data), work)
    click.echo(f"The second factor of {email} is off." if was_on else f"{email} has no second factor.")


@user.command("password")
@click.argument("email")
@password_option
@data_option
def set_password(email: str, from_stdin: bool, data: str | None) -> None:
    """Set a new password for EMAIL and end its sign-ins."""
    settings = settings_of_data(data)
    new = _password(from_stdin)

    async def work(state: State) -> None:
        async with state.write(followed=False) as connection:
            await accounts.set_password(connection, email, new)
            told = email.strip().lower()
            await note(connection, int(time.time()), COMMAND_LINE, "password changed", account=told)

    with_state(settings, work)
    click.echo("The password is set.")


@click.group()
def token() -> None:
    """Tokens with which programs read one site's reports, or send it events."""


@token.command("create")
@click.argument("host")
@click.option("--label", default="", help="What it is for, shown in lists.")
@click.option("--scope", type=click.Choice(tokens.SCOPES), default="read", show_default=True, help="What it may.")
@data_option
@json_option
def create(host: str, label: str, scope: str, data: str | None, as_json: bool) -> None:
    """Create an API token for the site HOST; it is shown this once."""

    async def work(state: State) -> dict[str, Any]:
        async with state.write() as connection:
            site = await sites.named(connection, host)
            now = int(time.time())
            made = await tokens.create_token(connection, site.name, label, now, scope)
            told = {"token": made.split("_")[1], "scope": scope, "label": label}
            await note(connection, now, COMMAND_LINE, "token created", site.name, **told)
            return {"site": site.name, "token": made}

    made = with_state(settings_of_data(data), work)
    if as_json:
        print_json(made)
    else:
        click.echo(f"{made['token']}\nKeep it now: only its hash is stored. Send it as: Authorization: Bearer <token>")


@token.command("list")
@click.argument("host", required=False)
@data_option
@json_option
def list_tokens(host: str | None, data: str | None, as_json: bool) -> None:
    """List the API tokens, of all sites or of HOST."""

    async def work(state: State) -> list[tokens.ApiToken]:
        async with state.read() as connection:
            name = (await sites.named(connection, host)).name if host else None
            return await tokens.list_tokens(connection, name)

    found = with_state(settings_of_data(data), work)
    if as_json:
        print_json([msgspec.to_builtins(one) for one in found])
        return
    for one in found:
        used = f"last used {iso(one.used_at)}" if one.used_at else "never used"
        click.echo(f"{one.id} · {one.site} · {one.scope} · {one.label or 'no label'} · {used}")


@token.command("revoke")
@click.argument("token_id")
@data_option
def revoke(token_id: str, data: str | None) -> None:
    """Revoke the API token with this id (see token list)."""

    async def work(state: State) -> None:
        async with state.write() as connection:
            gone = await tokens.revoke_token(connection, token_id)
            told = {"token": gone.id, "label": gone.label}
            await note(connection, int(time.time()), COMMAND_LINE, "token revoked", gone.site, **told)

    with_state(settings_of_data(data), work)
    click.echo("Revoked.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)
