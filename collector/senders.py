"""Who sends: as much of the sender's address as may outlive the request, which is the place and a keyed number."""

from collections.abc import Sequence
from typing import NamedTuple

from collector.address import client_address, neighbourhood
from collector.enrich.memo import Memo
from collector.enrich.place import Places
from collector.settings import Network

HELD = 20_000  # senders in memory, ~0.3 KB each


class Sender(NamedTuple):
    """What is known of a sender."""

    number: int
    """Stands for the address in the rate limits: its neighbourhood's hash under this process's own random key."""
    country: str | None
    city: str | None


class Senders:
    """The senders of one process, under the hash of what names them: no address is held."""

    def __init__(self, trusted: Sequence[Network], places: Places) -> None:
        self._trusted = trusted
        self._places = places
        self._edition = places.edition
        self._known: Memo[tuple[str, bytes], Sender] = Memo(self._found, HELD)

    def find(self, peer: str, forwarded: bytes) -> Sender:
        """The sender of a request, by its peer's address and its X-Forwarded-For headers joined."""
        if self._edition != self._places.edition:  # another city database
            self._known.forget()
            self._edition = self._places.edition
        return self._known((peer, forwarded if self._trusted else b""))

    def __len__(self) -> int:
        return len(self._known)

    def _found(self, named: tuple[str, bytes]) -> Sender:
        peer, forwarded = named
        address = client_address(peer, [(b"x-forwarded-for", forwarded)], self._trusted)
        return Sender(hash(neighbourhood(address)), *self._places.lookup(address))
