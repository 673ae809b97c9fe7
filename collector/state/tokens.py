"""API tokens: each reads the reports of one site, or sends it events. Only a hash of the secret is kept."""

import hashlib
import re
import secrets

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.declined import Declined
from collector.state.tables import api_token, site

LABEL_MAX = 64  # characters
SCOPES = ("read", "events")
USED_EVERY_S = 86_400  # how coarsely the last use is kept: a read must not cost a write each time
_FORM = re.compile(r"bl_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")


class TokenError(Declined):
    """A token cannot be made or found; the message says what to do."""


class ApiToken(msgspec.Struct, frozen=True):
    """One token as lists show it, without its secret; times in Unix seconds."""

    id: str
    site: str
    label: str
    created_at: int
    used_at: int | None
    scope: str = "read"


async def create_token(connection: AsyncConnection, name: str, label: str, now: int, scope: str = "read") -> str:
    """Make a token for the site `name` and return it as `bl_<id>_<secret>`, for the only time. Raises TokenError."""
    if scope not in SCOPES:
        raise TokenError(f"'{scope}' is not a scope: give one of {', '.join(SCOPES)}.", "scope")
    known = select(site.c.name).where(site.c.name == name, site.c.removed_at.is_(None))
    if (await connection.execute(known)).first() is None:
        raise TokenError(f"There is no site {name}: `byleave site list` shows them.", "no_site", site=name)
    if len(label) > LABEL_MAX or not label.isprintable():
        raise TokenError(
            f"The label cannot be used: give at most {LABEL_MAX} printable characters.", "label", most=LABEL_MAX
        )
    token = f"bl_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
    row = {"id": token[3:11], "secret_hash": hash_of(token), "site": name, "label": label, "created_at": now}
    row["scope"] = scope
    await connection.execute(insert(api_token).values(**row))
    return token


async def list_tokens(connection: AsyncConnection, name: str | None = None) -> list[ApiToken]:
    """The tokens of one site, or of all; oldest first."""
    query = select(*_SHOWN).order_by(api_token.c.created_at, api_token.c.id)
    if name is not None:
        query = query.where(api_token.c.site == name)
    return [ApiToken(*row) for row in await connection.execute(query)]


async def revoke_token(connection: AsyncConnection, token_id: str, name: str | None = None) -> ApiToken:
    """Remove a token by the id that lists show, of the site `name` alone where given. Raises TokenError if none is."""
    for token in await list_tokens(connection, name):
        if token.id == token_id:
            await connection.execute(delete(api_token).where(api_token.c.id == token_id))
            return token
    raise TokenError(f"There is no token {token_id}: `byleave token list` shows them.", "no_token")


async def find_token(connection: AsyncConnection, token: str) -> ApiToken | None:
    """The token a request carries, or None when it is malformed, unknown or revoked."""
    if not is_token(token):
        return None
    # Looked up by hash: how long that takes tells nothing about the secret.
    found = (await connection.execute(select(*_SHOWN).where(api_token.c.secret_hash == hash_of(token)))).one_or_none()
    return None if found is None else ApiToken(*found)


async def tokens_by_hash(connection: AsyncConnection) -> dict[bytes, ApiToken]:
    """Every token under the hash of its secret: for processes that must not ask the database for each request."""
    found = await connection.execute(select(api_token.c.secret_hash, *_SHOWN))
    return {bytes(secret_hash): ApiToken(*shown) for secret_hash, *shown in found}


async def mark_used(connection: AsyncConnection, token: ApiToken, now: int) -> None:
    """Keep when a token was last used."""
    await connection.execute(update(api_token).where(api_token.c.id == token.id).values(used_at=now))


def due(token: ApiToken, now: int, noted: int | None = None) -> bool:
    """Whether the last use kept, or `noted` since the token was read, is old enough to be renewed."""
    last = noted or token.used_at
    return last is None or now - last >= USED_EVERY_S


_SHOWN = tuple(api_token.c[name] for name in ("id", "site", "label", "created_at", "used_at", "scope"))


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _FORM.fullmatch(text) is not None


def bearer(authorization: str) -> str:
    """The credentials of an Authorization header's `Bearer …` (RFC 6750, section 2.1); empty where it is none."""
    scheme, _, credentials = authorization.partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


def hash_of(token: str) -> bytes:
    """What is kept of a token: its SHA-256. Of 256 random bits that is as good as a slow hash."""
    return hashlib.sha256(token.encode()).digest()
