"""Sessions: who is looking. The browser holds a secret, the database its SHA-256 and nothing that opens anything."""

import hashlib
import secrets
import time

import msgspec
from sqlalchemy import delete, insert, select
from starlette.requests import Request

from collector.enrich.agent import device_of_person
from collector.state.accounts import Account
from collector.state.database import State
from collector.state.roles import roles_of
from collector.state.sessions import sign_in_id
from collector.state.tables import account, login
from dashboard.auth_cookie import session_secret

SESSION_S = 14 * 86_400  # a sign-in lasts two weeks, used or not


class Session(msgspec.Struct, frozen=True):
    """One signed-in browser; `csrf` is what its forms must carry, `sites` what a member is where.

    `id` names it in lists, and opens nothing; `language` is the code of the account's choice, or empty.
    """

    email: str
    role: str
    csrf: str
    account: int
    language: str
    id: str
    sites: dict[str, str]


async def open_session(state: State, request: Request, who: Account) -> str:
    """Sign an account in and return the new secret, for the browser alone. Expired sessions go on the way.

    Of the browser its family and system are kept, so that its owner knows it again in a list.
    """
    secret = secrets.token_urlsafe(32)
    now = int(time.time())
    device = device_of_person(request.headers.get("user-agent", "").encode())
    row = {
        "secret_hash": _hash(secret),
        "account": who.id,
        "csrf": secrets.token_urlsafe(32),
        "created_at": now,
        "expires_at": now + SESSION_S,
        "browser": device.browser if device else "",
        "os": device.os if device else "",
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
    hashed = _hash(secret)
    query = (
        select(account.c.email, account.c.role, login.c.csrf, account.c.id, account.c.language)
        .join(account, account.c.id == login.c.account)
        .where(login.c.secret_hash == hashed, login.c.expires_at > int(time.time()))
    )
    async with state.read() as connection:
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Session(*row, id=sign_in_id(hashed), sites=await roles_of(connection, row.id))


async def close_session(state: State, request: Request) -> None:
    """Sign this browser out: its secret opens nothing any more."""
    secret = session_secret(request)
    if secret:
        async with state.write(followed=False) as connection:
            await connection.execute(delete(login).where(login.c.secret_hash == _hash(secret)))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
