"""Links with which somebody who lost their password chooses a new one: one-time, for an hour, kept as a hash."""

import hashlib
import secrets

import msgspec
from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.accounts import set_password
from collector.state.tables import account, reset

VALID_S = 3600


class ResetError(ValueError):
    """The link was used, has expired or never was."""


class Begun(msgspec.Struct, frozen=True):
    """A new link: the address and the language (ISO 639-1, or empty) of its account, and the link's secret."""

    email: str
    language: str
    secret: str


async def begin_reset(connection: AsyncConnection, email: str, now: int) -> Begun | None:
    """A new link for the account of an address, None where there is none.

    An earlier link stops working. Send it to the address returned, never to the one that was asked with: another's
    mailbox may read as this one, for U+212A in lower case is `k`.
    """
    found = select(account.c.id, account.c.email, account.c.language).where(account.c.email == email.strip().lower())
    who = (await connection.execute(found)).one_or_none()
    known = None if who is None else who.id
    await connection.execute(delete(reset).where((reset.c.account == known) | (reset.c.expires_at <= now)))
    if who is None:
        return None
    secret = secrets.token_urlsafe(32)
    row = {"secret_hash": _hash(secret), "account": who.id, "expires_at": now + VALID_S}
    await connection.execute(insert(reset).values(row))
    return Begun(who.email, who.language, secret)


async def whose_reset(connection: AsyncConnection, secret: str, now: int) -> str | None:
    """The address of the account that a link is for, while it works."""
    query = select(account.c.email).join(reset, reset.c.account == account.c.id).where(*_usable(secret, now))
    email: str | None = (await connection.execute(query)).scalar_one_or_none()
    return email


async def finish_reset(connection: AsyncConnection, secret: str, password: str, now: int) -> str:
    """Set the new password, which ends every sign-in and uses the link up; whose it was. The second factor stays.

    Raises ResetError, or AccountError for a password that does not do, after which the link still works.
    """
    email = await whose_reset(connection, secret, now)
    if email is None:
        raise ResetError
    await set_password(connection, email, password)
    return email


def _usable(secret: str, now: int) -> tuple[ColumnElement[bool], ...]:
    return reset.c.secret_hash == _hash(secret), reset.c.expires_at > now


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
