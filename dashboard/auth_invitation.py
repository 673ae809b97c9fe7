"""One-time links: how the first owner, and everybody after, comes in. The database holds the SHA-256 of the secret."""

import hashlib
import secrets
import time

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.accounts import Account, AccountError, create_account
from collector.state.audit import note
from collector.state.database import State
from collector.state.roles import OWNER, SITE_ROLES, RoleError
from collector.state.tables import account, invitation, site

VALID_S = 86_400  # the first owner's link works for a day; every start without an account makes a new one
INVITED_S = 7 * 86_400  # one that an owner hands on, a week


class InvitationError(ValueError):
    """The link was used, has expired or never was."""


class Invitation(msgspec.Struct, frozen=True):
    """What a link makes of who opens it: an owner, or admin or viewer of a site. `email` is empty for anybody's."""

    role: str
    email: str = ""
    site: str = ""


async def owner_invitation(state: State) -> str | None:
    """A fresh secret for `/welcome/<secret>` while no account exists, else None. Earlier links stop working."""
    async with state.write(followed=False) as connection:
        if (await connection.execute(select(func.count()).select_from(account))).scalar_one():
            return None
        await connection.execute(delete(invitation))
        return await _store(connection, Invitation(OWNER), int(time.time()) + VALID_S)


async def invite(connection: AsyncConnection, wanted: Invitation, now: int) -> str:
    """The secret of a link for one address; an earlier one for it stops working. Raises AccountError or RoleError."""
    if wanted.role not in (OWNER, *SITE_ROLES):
        raise RoleError("Choose what they may: owner, admin or viewer.", "role")
    there = select(site.c.name).where(site.c.name == wanted.site, site.c.removed_at.is_(None))
    if wanted.role != OWNER and (await connection.execute(there)).first() is None:
        raise RoleError("Choose the site that this person may see.", "no_site", site=wanted.site)
    if (await connection.execute(select(account.c.id).where(account.c.email == wanted.email))).first():
        raise AccountError(
            f"{wanted.email} has an account already: change its role instead.", "email_taken", email=wanted.email
        )
    done = (invitation.c.email == wanted.email) | (invitation.c.expires_at <= now)
    await connection.execute(delete(invitation).where(done))
    return await _store(connection, wanted, now + INVITED_S)


async def find_invitation(state: State, secret: str) -> Invitation | None:
    """What a link is for while it can be used; looking does not use it up."""
    query = select(invitation.c.role, invitation.c.email, invitation.c.site).where(*_usable(secret))
    async with state.read() as connection:
        row = (await connection.execute(query)).one_or_none()
    return None if row is None else Invitation(*row)


async def accept(state: State, secret: str, email: str, password: str) -> Account:
    """Create the account the link is for, and use the link up, in one transaction.

    Raises InvitationError when the link does not work (any more), AccountError when address or password do not.
    """
    async with state.write(followed=False) as connection:
        columns = (invitation.c.role, invitation.c.email, invitation.c.site)
        used = await connection.execute(delete(invitation).where(*_usable(secret)).returning(*columns))
        row = used.one_or_none()
        if row is None:
            raise InvitationError("This link was used or has expired.")
        found, now = Invitation(*row), int(time.time())
        sites = [found.site] if found.site else []
        made = await create_account(connection, found.email or email, password, found.role, now, sites)
        told = {"account": made.email, "role": found.role, "at": found.site}
        await note(connection, now, made.email, "account added", **told)
        return made


async def _store(connection: AsyncConnection, wanted: Invitation, until: int) -> str:
    secret = secrets.token_urlsafe(24)
    row = {"secret_hash": _hash(secret), "expires_at": until, **msgspec.structs.asdict(wanted)}
    await connection.execute(insert(invitation).values(row))
    return secret


def _usable(secret: str) -> tuple[ColumnElement[bool], ...]:
    return invitation.c.secret_hash == _hash(secret), invitation.c.expires_at > int(time.time())


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
