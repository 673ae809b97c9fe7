"""One-time links: how the first owner comes in. The link holds a secret, the database its SHA-256."""

import hashlib
import secrets
import time

from sqlalchemy import ColumnElement, delete, func, insert, select

from collector.state.accounts import Account, create_account
from collector.state.database import State
from collector.state.tables import account, invitation

VALID_S = 86_400  # a link works for a day; every start without an account makes a new one


class InvitationError(ValueError):
    """The link was used, has expired or never was."""


async def owner_invitation(state: State) -> str | None:
    """A fresh secret for `/welcome/<secret>` while no account exists, else None. Earlier links stop working."""
    secret = secrets.token_urlsafe(24)
    async with state.write(followed=False) as connection:
        if (await connection.execute(select(func.count()).select_from(account))).scalar_one():
            return None
        await connection.execute(delete(invitation))
        row = {"secret_hash": _hash(secret), "role": "owner", "expires_at": int(time.time()) + VALID_S}
        await connection.execute(insert(invitation).values(**row))
    return secret


async def is_open(state: State, secret: str) -> bool:
    """Whether a link can still be used; looking does not use it up."""
    query = select(invitation.c.role).where(*_usable(secret))
    async with state.read() as connection:
        return (await connection.execute(query)).first() is not None


async def accept(state: State, secret: str, email: str, password: str) -> Account:
    """Create the account the link is for, and use the link up, in one transaction.

    Raises InvitationError when the link does not work (any more), AccountError when address or password do not.
    """
    async with state.write(followed=False) as connection:
        used = await connection.execute(delete(invitation).where(*_usable(secret)).returning(invitation.c.role))
        role = used.scalar_one_or_none()
        if role is None:
            raise InvitationError("This link was used or has expired.")
        return await create_account(connection, email, password, role, int(time.time()))


def _usable(secret: str) -> tuple[ColumnElement[bool], ...]:
    return invitation.c.secret_hash == _hash(secret), invitation.c.expires_at > int(time.time())


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
