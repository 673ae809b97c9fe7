"""What the collector's routes share: settings, followed state, keys, spool and places of one process."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from collector.consent.erasure_log import ErasureLog
from collector.consent.keys import KeysError
from collector.consent.token import Tokens
from collector.enrich.place import Places
from collector.origins import Origins
from collector.rate import Limit
from collector.senders import Senders
from collector.settings import Settings
from collector.sightings import Sightings
from collector.spool import Spool
from collector.state.database import State
from collector.state.follow import Follower
from collector.state.site import is_loopback_host
from collector.statics import Statics
from collector.token_uses import TokenUses

LEARN_S = 0.2


@dataclass
class Limits:
    """The rate limits (requests a second, burst). An address counts under its sender's number alone."""

    token: Limit = field(default_factory=lambda: Limit(20, 200))
    address: Limit = field(default_factory=lambda: Limit(200, 2_000))
    backend: Limit = field(default_factory=lambda: Limit(200, 2_000))
    consent: Limit = field(default_factory=lambda: Limit(20, 400))
    rights: Limit = field(default_factory=lambda: Limit(5, 60))
    site: Limit = field(default_factory=lambda: Limit(50_000, 100_000))


@dataclass
class Context:
    """One collector process."""

    settings: Settings
    state: State
    follower: Follower
    tokens: Tokens
    spool: Spool
    places: Places
    statics: Statics
    erasures: ErasureLog
    limits: Limits = field(default_factory=Limits)
    uses: TokenUses = field(default_factory=TokenUses)
    asks: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """Asks, and the yeses to them, since the last flush: by site, UTC hour (Unix seconds) and which of them."""

    sightings: Sightings = field(default_factory=Sightings)
    """How tags are installed, since the owner of the store was last told."""

    keys_known: bool = True
    """Whether the keys were read since the state last changed: else one may have been killed."""
    _learned: float = float("-inf")

    def __post_init__(self) -> None:
        self._learning, self._reading = asyncio.Lock(), asyncio.Lock()
        self.limited = self.settings.rate_limit == "on"
        self.origins = Origins(self.follower, local=is_loopback_host(self.settings.host))
        self.senders = Senders(self.settings.trusted_networks, self.places)

    async def learn(self) -> None:
        """Look again for what this process does not know: keys of another process, a notice just published.

        Always after it was asked for, but at most five times a second, so that nobody keeps the disk busy by naming
        what does not exist: until then the requests wait together.
        """
        asked = time.monotonic()
        async with self._learning:
            if self._learned >= asked:
                return
            await asyncio.sleep(max(0.0, self._learned + LEARN_S - time.monotonic()))
            self._learned = time.monotonic()
            await self.read_keys()
            await self.follower.refresh()

    async def read_keys(self) -> None:
        """Take up the keys if their file changed. Raises KeysError."""
        async with self._reading:  # an older reading must not come after a newer one
            try:
                keys = await asyncio.to_thread(self.tokens.keys.reread)
            except KeysError:
                self.keys_known = False
                raise
            if keys is not self.tokens.keys:
                self.tokens.use(keys)
            self.keys_known = True
