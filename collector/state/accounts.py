"""Accounts of the dashboard: who may sign in, with which password and role. Used by the command line and the pages."""

import asyncio
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.database import State
from collector.state.declined import Declined
from collector.state.roles import MEMBER, OWNER, ROLES, RoleError, every_role, give, keep_an_owner
from collector.state.sessions import end_sign_ins
from collector.state.tables import account, login, reset

PASSWORD_MIN = 12  # characters
PASSWORD_MAX = 1024  # characters; a bound on what a stranger can make us hash
EMAIL_MAX = 254  # characters, RFC 5321 section 4.5.3.1.3
HASHES_AT_ONCE = 2  # each takes 64 MiB and ~50 ms of a core (RFC 9106, second recommended option)

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="argon2")


class AccountError(Declined):
    """An account cannot be made, found or changed; the message says what to do."""


class Account(msgspec.Struct, frozen=True):
    """One person who may sign in: `role` is owner or member, `sites` what a member is where; Unix seconds."""

    id: int
    email: str
    role: str
    created_at: int
    sites: dict[str, str] = {}
    second_factor: bool = False


async def create_account(
    connection: AsyncConnection, email: str, password: str, role: str, now: int, sites: Iterable[str] = ()
) -> Account:
    """Add an owner, or an admin or viewer of these sites.

    Raises AccountError on a bad address, password, role or site, or when the address is taken.
    """
    address = clean_email(email)
    if role not in ROLES:
        raise AccountError(f"'{role}' is not a role: give one of {', '.join(ROLES)}.", "role")
    hashed = await hash_password(password)
    standing = OWNER if role == OWNER else MEMBER
    row = {"email": address, "password": hashed, "role": standing, "created_at": now}
    try:
        added = (await connection.execute(insert(account).values(**row).returning(account.c.id))).scalar_one()
    except IntegrityError:
        raise AccountError(
            f"{address} has an account already: change its password, or remove it first.", "email_taken", email=address
        ) from None
    given = {} if role == OWNER else dict.fromkeys(sites, role)
    for site in given:
        try:
            await give(connection, added, site, role)
        except RoleError as error:
            raise AccountError(str(error), error.reason, **error.values) from None
    return Account(id=added, email=address, role=standing, created_at=now, sites=given)


async def list_accounts(connection: AsyncConnection) -> list[Account]:
    """Every account, by address."""
    roles = await every_role(connection)
    rows = await connection.execute(select(account).order_by(account.c.email))
    return [
        Account(row.id, row.email, row.role, row.created_at, roles.get(row.id, {}), row.totp_secret is not None)
        for row in rows
    ]


async def remove_account(connection: AsyncConnection, email: str) -> None:
    """Remove an account and sign it out everywhere. Raises AccountError when there is none, or it is the last owner."""
    found = await find_account(connection, email)
    try:
        await keep_an_owner(connection, found.id)
    except RoleError as error:
        raise AccountError(str(error), error.reason, **error.values) from None
    await connection.execute(delete(login).where(login.c.account == found.id))
    await connection.execute(delete(account).where(account.c.id == found.id))


async def set_password(connection: AsyncConnection, email: str, password: str, but: str | None = None) -> None:
    """Replace an account's password, sign it out everywhere `but` in one, and let no link of a reset work.

    Raises AccountError.
    """
    found = await find_account(connection, email)
    hashed = await hash_password(password)
    await connection.execute(update(account).where(account.c.id == found.id).values(password=hashed))
    await end_sign_ins(connection, found.id, but=but)
    await connection.execute(delete(reset).where(reset.c.account == found.id))


async def set_language(connection: AsyncConnection, account_id: int, code: str) -> None:
    """Keep the language in which an account sees the pages: ISO 639-1, or empty for the browser's."""
    await connection.execute(update(account).where(account.c.id == account_id).values(language=code))


async def check_password(state: State, email: str, password: str) -> Account | None:
    """The account that this address and password open, or None. An unknown address takes as long as a known one."""
    query = select(account).where(account.c.email == email.strip().lower())
    async with state.read() as connection:  # closed before the hash: a held read would keep every writer waiting
        row = (await connection.execute(query)).one_or_none()
    hashed = row.password if row is not None else _nobody()
    if not await verify_password(hashed, password) or row is None:
        return None
    return Account(row.id, row.email, row.role, row.created_at, second_factor=row.totp_secret is not None)


async def hash_password(password: str) -> str:
    """argon2id of a password, made in a thread. Raises AccountError when it is too short or too long."""
    prepared = _prepare(password)
    if len(prepared) < PASSWORD_MIN:
        raise AccountError(
            f"The password is too short: give at least {PASSWORD_MIN} characters.", "password_short", least=PASSWORD_MIN
        )
    if len(prepared) > PASSWORD_MAX:
        raise AccountError(
            f"The password is too long: give at most {PASSWORD_MAX} characters.", "password_long", most=PASSWORD_MAX
        )
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, prepared)


def clean_email(email: str) -> str:
    """An e-mail address as accounts are known by: trimmed, lower case. Raises AccountError."""
    address = email.strip().lower()
    name, _, domain = address.rpartition("@")
    plain = address.isprintable() and not any(character.isspace() for character in address)
    if not name or not domain or "@" in name or not plain or len(address) > EMAIL_MAX:
        raise AccountError("That is not an e-mail address: give it like you@example.com.", "email")
    return address


async def find_account(connection: AsyncConnection, email: str) -> Account:
    """The account of an address. Raises AccountError when there is none."""
    for one in await list_accounts(connection):
        if one.email == email.strip().lower():
            return one
    raise AccountError(
        f"There is no account for {email.strip()}: `byleave user list` shows them.", "no_account", email=email.strip()
    )


async def verify_password(hashed: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    if len(password) > PASSWORD_MAX:
        return False
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, hashed, _prepare(password))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _prepare(password: str) -> str:
    # The same characters typed on another keyboard may arrive composed differently (NIST SP 800-63B section 3.1.1.2).
    return unicodedata.normalize("NFKC", password)


def _nobody() -> str:
    """A hash with today's parameters that no password opens: 16 bytes of salt, 32 of an all-zero digest."""
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${'A' * 22}${'A' * 43}"
