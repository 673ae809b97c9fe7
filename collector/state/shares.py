"""Share links: who holds one sees a site's overview, held to k, and nothing else. Of its secret only a hash is kept."""

import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.accounts import AccountError, hash_password
from collector.state.declined import Declined
from collector.state.site import SiteError, hostname, is_loopback_host
from collector.state.tables import share

LABEL_MAX = 64  # characters
MOST = 50  # links of one site
MOST_ORIGINS = 20
USED_EVERY_S = 86_400  # how coarsely the last use is kept: a look must not cost a write each time
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class ShareError(Declined):
    """A share link cannot be made; the message says what to do."""


class Share(msgspec.Struct, frozen=True):
    """One link, without its secret; times in Unix seconds. `origins`: whose pages may show it in a frame."""

    id: str
    site: str
    label: str
    password: str | None
    origins: tuple[str, ...]
    expires_at: int | None
    created_at: int
    used_at: int | None


async def create_share(
    connection: AsyncConnection,
    site: str,
    label: str,
    now: int,
    *,
    password: str = "",
    origins: tuple[str, ...] = (),
    expires_at: int | None = None,
) -> tuple[Share, str]:
    """Make a link to a site's overview; its secret is returned for the only time. Raises ShareError."""
    if not label or len(label) > LABEL_MAX or not label.isprintable():
        told = f"Say who the link is for, in at most {LABEL_MAX} printable characters."
        raise ShareError(told, "share_label", most=LABEL_MAX)
    if expires_at is not None and expires_at <= now:
        raise ShareError("The link would be over already: give a later day, or none.", "share_over")
    if password and origins:
        told = "A frame cannot ask for a password: leave the password or the websites empty, or make two links."
        raise ShareError(told, "share_framed")
    count = await connection.scalar(select(func.count()).where(share.c.site == site))
    if count is not None and count >= MOST:
        raise ShareError(f"A site has at most {MOST} share links: revoke one first.", "share_most", most=MOST)
    secret = secrets.token_urlsafe(32)
    made = Share(
        id=secrets.token_hex(4),
        site=site,
        label=label,
        password=await _hashed(password) if password else None,
        origins=checked_origins(origins),
        expires_at=expires_at,
        created_at=now,
        used_at=None,
    )
    row = {**msgspec.structs.asdict(made), "origins": json.dumps(made.origins), "secret_hash": _hash(secret)}
    await connection.execute(insert(share).values(**row))
    return made, secret


async def list_shares(connection: AsyncConnection, site: str) -> list[Share]:
    """The links of a site, the oldest first."""
    query = select(*_SHOWN).where(share.c.site == site).order_by(share.c.created_at, share.c.id)
    return [_share(row) for row in await connection.execute(query)]


async def revoke_share(connection: AsyncConnection, site: str, share_id: str) -> Share | None:
    """Let a link of this site lead nowhere; None where there is none of that id."""
    for found in await list_shares(connection, site):
        if found.id == share_id:
            await connection.execute(delete(share).where(share.c.id == share_id))
            return found
    return None


async def find_share(connection: AsyncConnection, secret: str, now: int) -> Share | None:
    """The link of a secret, or None when it is malformed, unknown, revoked or over."""
    if _SECRET.fullmatch(secret) is None:
        return None
    # Looked up by hash: how long that takes tells nothing about the secret.
    row = (await connection.execute(select(*_SHOWN).where(share.c.secret_hash == _hash(secret)))).one_or_none()
    found = None if row is None else _share(row)
    return None if found is None or (found.expires_at is not None and found.expires_at <= now) else found


async def mark_used(connection: AsyncConnection, found: Share, now: int) -> None:
    """Keep when a link was last used."""
    await connection.execute(update(share).where(share.c.id == found.id).values(used_at=now))


def due(found: Share, now: int) -> bool:
    """Whether the last use kept is old enough to be renewed."""
    return found.used_at is None or now - found.used_at >= USED_EVERY_S


def checked_origins(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as a Content-Security-Policy names them (CSP Level 3, section 2.3.1), each once. Raises ShareError.

    https alone, but for this machine; a leading `*.` takes in the hosts below.
    """
    if len(texts) > MOST_ORIGINS:
        raise ShareError(f"Name at most {MOST_ORIGINS} websites.", "share_origins", most=MOST_ORIGINS)
    return tuple(dict.fromkeys(_origin(text) for text in texts))


def _origin(text: str) -> str:
    told = f"'{text[:100]}' is not the address of a website: give it like https://www.example.com."
    wrong = ShareError(told, "share_origin", origin=text[:100])
    try:
        parts = urlsplit(text)
        host, port = hostname(parts.hostname or "", wildcard=True), parts.port
    except (ValueError, SiteError):
        raise wrong from None
    local = is_loopback_host(host)
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise wrong
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise wrong
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


async def _hashed(password: str) -> str:
    try:
        return await hash_password(password)
    except AccountError as error:
        raise ShareError(str(error), error.reason, **error.values) from None


_SHOWN = tuple(share.c[name] for name in Share.__struct_fields__)


def _share(row: Row[Any]) -> Share:
    given = dict(row._mapping)
    return Share(**{**given, "origins": tuple(json.loads(given["origins"]))})


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
