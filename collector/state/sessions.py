"""Where an account is signed in: listed, and ended one by one or all at once."""

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import login


class SignIn(msgspec.Struct, frozen=True):
    """One signed-in browser: `id` names it and opens nothing; times in Unix seconds."""

    id: str
    created_at: int
    expires_at: int
    browser: str
    os: str


def sign_in_id(secret_hash: bytes) -> str:
    """The name of a sign-in in lists."""
    return secret_hash[:8].hex()


async def sign_ins(connection: AsyncConnection, account_id: int, now: int) -> list[SignIn]:
    """The browsers where an account is signed in, the latest first."""
    query = select(login).where(login.c.account == account_id, login.c.expires_at > now)
    rows = await connection.execute(query.order_by(login.c.created_at.desc()))
    return [
        SignIn(sign_in_id(bytes(row.secret_hash)), row.created_at, row.expires_at, row.browser, row.os) for row in rows
    ]


async def end_sign_ins(
    connection: AsyncConnection, account_id: int, *, only: str | None = None, but: str | None = None
) -> int:
    """Sign an account out: everywhere, in `only` this one, or everywhere `but` there. How many ended."""
    rows = (await connection.execute(select(login.c.secret_hash).where(login.c.account == account_id))).scalars()
    gone = [one for one in rows if (only is None or sign_in_id(bytes(one)) == only) and sign_in_id(bytes(one)) != but]
    await connection.execute(delete(login).where(login.c.secret_hash.in_(gone)))
    return len(gone)
