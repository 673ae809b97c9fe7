"""Those whose password was right and whose code is still to come: held in memory, for some minutes."""

import hashlib
import secrets
import time
from collections import OrderedDict

from collector.state.accounts import Account

VALID_S = 300
HELD = 1000  # the oldest goes first


class HalfSignIns:
    """Tickets for the second step, each good in the one browser whose form asked for it."""

    def __init__(self) -> None:
        self._held: OrderedDict[bytes, tuple[Account, float]] = OrderedDict()

    def open(self, who: Account, proof: str) -> str:
        """A ticket for an account; `proof` is what the browser's forms carry."""
        ticket = secrets.token_urlsafe(32)
        self._held[_key(ticket, proof)] = who, time.monotonic() + VALID_S
        if len(self._held) > HELD:
            self._held.popitem(last=False)
        return ticket

    def find(self, ticket: str, proof: str) -> Account | None:
        """Whose ticket it is, while it lasts."""
        who, until = self._held.get(_key(ticket, proof), (None, 0.0))
        return who if until > time.monotonic() else None

    def close(self, ticket: str, proof: str) -> None:
        """It was used."""
        self._held.pop(_key(ticket, proof), None)


def _key(ticket: str, proof: str) -> bytes:
    return hashlib.sha256(f"{ticket} {proof}".encode()).digest()
