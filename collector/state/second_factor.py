"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes for when it is lost.

The shared secret lies readable in the state database, as it must to check a code; of recovery codes only hashes do.
"""

import hashlib
import secrets

import pyotp
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state.tables import account, recovery_code

STEP_S = 30  # RFC 6238 section 4.1, what every app takes for granted
DRIFT = 1  # steps before and after that count too: clocks of phones are off by some seconds
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_LENGTH = 16  # characters, 79 bits


class CodeRefused(ValueError):
    """The code is wrong, was used, or is of another time."""


def new_secret() -> str:
    """A secret for a new app: 160 bits in base32 (RFC 4226 section 4, R6)."""
    return pyotp.random_base32()


def address_of(secret: str, email: str, server: str) -> str:
    """What the app reads from the picture: `otpauth://totp/…`."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Byleave {server}"))


async def turn_on(connection: AsyncConnection, account_id: int, secret: str, code: str, now: int) -> list[str]:
    """Ask for codes of this secret from now on; the recovery codes, for the only time. Raises CodeRefused."""
    step = _step(secret, code, now) if _is_secret(secret) else None
    if step is None:
        raise CodeRefused
    row = {"totp_secret": secret, "totp_step": step}
    await connection.execute(update(account).where(account.c.id == account_id).values(row))
    return await renew_codes(connection, account_id)


async def turn_off(connection: AsyncConnection, account_id: int) -> None:
    """The password alone opens the account again."""
    await connection.execute(update(account).where(account.c.id == account_id).values(totp_secret=None))
    await connection.execute(delete(recovery_code).where(recovery_code.c.account == account_id))


async def renew_codes(connection: AsyncConnection, account_id: int) -> list[str]:
    """New recovery codes in place of those there were."""
    await connection.execute(delete(recovery_code).where(recovery_code.c.account == account_id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES)]
    rows = [{"account": account_id, "code_hash": _hash(code)} for code in codes]
    await connection.execute(insert(recovery_code), rows)
    return ["-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes]


async def use(connection: AsyncConnection, account_id: int, text: str, now: int) -> None:
    """Take a code of the app, or a recovery code, in a write transaction: neither counts twice. Raises CodeRefused."""
    code = "".join(text.lower().split()).replace("-", "")
    row = (await connection.execute(select(account).where(account.c.id == account_id))).one_or_none()
    if row is None or row.totp_secret is None:
        raise CodeRefused
    if len(code) == _LENGTH:
        at = (recovery_code.c.account == account_id, recovery_code.c.code_hash == _hash(code))
        used = (await connection.execute(delete(recovery_code).where(*at))).rowcount
        if used != 1:
            raise CodeRefused
        return
    step = _step(row.totp_secret, code, now)
    if step is None or step <= row.totp_step:
        raise CodeRefused
    await connection.execute(update(account).where(account.c.id == account_id).values(totp_step=step))


async def codes_left(connection: AsyncConnection, account_id: int) -> int:
    """How many recovery codes were not used yet."""
    rows = await connection.execute(select(recovery_code.c.code_hash).where(recovery_code.c.account == account_id))
    return len(rows.all())


def _step(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, within the drift."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    one = pyotp.TOTP(secret)
    for step in range(now // STEP_S - DRIFT, now // STEP_S + DRIFT + 1):
        if secrets.compare_digest(one.generate_otp(step), code):
            return step
    return None


def _is_secret(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
