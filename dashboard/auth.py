"""Sessions: who is looking. The browser holds a secret, the database its SHA-256 and nothing that opens anything."""

import hashlib
import secrets
import time

import msgspec
from sqlalchemy import delete, insert, select
from starlette.requests import Request

from collector.state.accounts import Account
from collector.state.database import State
from collector.state.tables import account, login
from dashboard.auth_cookie import session_secret

SESSION_S = 14 * 86_400  # a sign-in lasts two weeks, used or not


class Session(msgspec.Struct, frozen=True):
    """One signed-in browser; `csrf` is what its forms must carry."""

    email: str
    role: str
    csrf: str


async def open_session(state: State, who: Account) -> str:
    """Sign an account in and return the new secret, for the browser alone. Expired sessions go on the way."""
    secret = secrets.token_urlsafe(32)
    now = int(time.time())
    row = {
        "secret_hash": _hash(secret),
        "account": who.id,
        "csrf": secrets.token_urlsafe(32),
        "created_at": now,
        "expires_at": now + SESSION_S,
    }
    async with state.write(followed=False) as connection:
        await connection.execute(delete(login).where(login.c.expires_at <= now))
        await connection.execute(insert(login).values(**row))
    return secret


async def find_session(state: State, request: Request) -> Session | None:
    """The session whose cookie a request carries, while it lasts."""
    secret = session_secret(request)
    if not secret:
        return None
    query = (
        select(account.c.email, account.c.role, login.c.csrf)
        .join(account, account.c.id == login.c.account)
        .where(login.c.secret_hash == _hash(secret), login.c.expires_at > int(time.time()))
    )
    async with state.read() as connection:
        row = (await connection.execute(query)).one_or_none()
    return None if row is None else Session(*row)


async def close_session(state: State, request: Request) -> None:
    """Sign this browser out: its secret opens nothing any more."""
    secret = session_secret(request)
    if secret:
        async with state.write(followed=False) as connection:
            await connection.execute(delete(login).where(login.c.secret_hash == _hash(secret)))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
