"""Guessing passwords, slowed down: by account, by address and by both. Held in memory only, addresses too."""

import hashlib
import ipaddress

from collector.rate import Limit

# Attempts at once, then one every so many seconds. The pair is strict; an account alone is lenient, so that a stranger
# who guesses from elsewhere does not lock its owner out; with 12 characters the guesses that remain lead nowhere.
PAIR = (10, 60)
ADDRESS = (30, 20)
ACCOUNT = (100, 10)


class Throttle:
    """How many sign-ins may still be tried."""

    def __init__(self) -> None:
        self._pair, self._address, self._account = (
            Limit(1 / every, burst) for burst, every in (PAIR, ADDRESS, ACCOUNT)
        )

    def wait(self, email: str, address: str) -> int:
        """0 when this attempt may be made; else the seconds to wait."""
        who = hashlib.sha256(email.strip().lower().encode()).digest()
        where = _neighbourhood(address)
        waits = (self._address.wait(where), self._pair.wait((who, where)), self._account.wait(who))
        return max(waits)


def _neighbourhood(address: str) -> str:
    """An IPv6 address counts by its /64, which one household or server holds whole (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
