"""The signed head: which record was the last and what the chain came to, for deposit where the operator cannot reach.

Whoever holds one can later tell whether the log still contains all that it contained then.
"""

from typing import Any

import msgspec

from collector.consent.chain import last_link, link_of
from collector.consent.keys import Keys
from collector.consent.record import iso
from collector.consent.signature import NotSigned, sign, signed
from collector.state.database import State

KIND = "consent-log-head+jwt"


class HeadError(ValueError):
    """A deposited head cannot be read; the message says what to do."""


class Head(msgspec.Struct, frozen=True):
    """Where the log ended; `head` is the last record's link in hex."""

    sequence: int
    head: str
    at: str = ""


async def head(state: State, now: int) -> Head:
    """The log's head as it is now."""
    sequence, link = await last_link(state)
    return Head(sequence, link.hex(), iso(now))


def jws_of(keys: Keys, found: Head) -> str:
    """The head as a compact JWS, under a key that `/.well-known/byleave-keys.json` publishes."""
    return sign(keys, KIND, msgspec.structs.asdict(found))


def read(keys: Keys, text: str) -> Head:
    """A head that was deposited; a receipt holds one, too. Raises HeadError."""
    try:
        claims: dict[str, Any] = signed(keys, text.strip())
        return msgspec.convert(claims.get("record", claims), Head)
    except NotSigned:
        raise HeadError(
            "This is no head or receipt of this installation: its signature fits none of the keys in keys.json."
        ) from None
    except msgspec.ValidationError:
        raise HeadError("This is signed, but neither a head nor a receipt: it names no record of the log.") from None


async def missing(state: State, deposited: Head) -> str:
    """What of a deposited head is not in the log any more, in a sentence; empty while all of it is."""
    link = await link_of(state, deposited.sequence)
    if link.hex() == deposited.head:
        return ""
    if not link:
        return f"The log ends before record {deposited.sequence}, with which the deposited head ends."
    return f"Record {deposited.sequence} or one before it is not the one of the deposited head."
