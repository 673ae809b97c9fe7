"""Guessing passwords, slowed down: by account, by address and by both. Held in memory only, addresses too."""

import hashlib

from collector.address import neighbourhood
from collector.rate import Limit

# Attempts at once, then one every so many seconds. The pair is strict; an account alone is lenient, so that a stranger
# who guesses from elsewhere does not lock its owner out; with 12 characters the guesses that remain lead nowhere.
PAIR = (10, 60)
ADDRESS = (30, 20)
ACCOUNT = (100, 10)
RESET = (3, 600)  # by account; by address ADDRESS counts
CODE = (5, 30)  # three codes count at a time: a stranger with the password needs ten years for an even chance


class Throttle:
    """How many sign-ins may still be tried."""

    def __init__(self) -> None:
        self._pair, self._address, self._account = (
            Limit(1 / every, burst) for burst, every in (PAIR, ADDRESS, ACCOUNT)
        )

        self._code = Limit(1 / CODE[1], CODE[0])

        self._reset = Limit(1 / RESET[1], RESET[0])

    def reset_wait(self, email: str, address: str) -> int:
        """0 when a link for this account, or none, may be asked for; else the seconds to wait."""
        who = hashlib.sha256(email.strip().lower().encode()).digest()
        return max(self._address.wait(neighbourhood(address)), self._reset.wait(who))

    def code_wait(self, account: int) -> int:
        """0 when a code of this account may be tried; else the seconds to wait."""
        return self._code.wait(account)

    def wait(self, email: str, address: str) -> int:
        """0 when this attempt may be made; else the seconds to wait."""
        who = hashlib.sha256(email.strip().lower().encode()).digest()
        where = neighbourhood(address)
        waits = (self._address.wait(where), self._pair.wait((who, where)), self._account.wait(who))
        return max(waits)
