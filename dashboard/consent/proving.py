"""Proofs that somebody asked for on the page: each runs beside the requests, and its result is kept until the next."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from collector.consent.verify import Proof

Work = Callable[[], Awaitable[Proof]]


class Outcome(msgspec.Struct, frozen=True):
    """What came of a proof; `at` in Unix seconds, `failed` the kind of the error that stopped it, or empty."""

    at: int
    proof: Proof | None
    failed: str = ""


class Proving:
    """The proofs of all sites, one at a time each; forgotten when the process ends."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._outcomes: dict[str, Outcome] = {}

    def running(self, site: str) -> bool:
        """Whether the site's proof is under way."""
        return site in self._tasks

    def outcome(self, site: str) -> Outcome | None:
        """What the site's last proof came to."""
        return self._outcomes.get(site)

    def start(self, site: str, work: Work) -> None:
        """Begin, unless the site's proof is under way; `work` makes it."""
        if site not in self._tasks:
            self._tasks[site] = asyncio.create_task(self._run(site, work))

    async def _run(self, site: str, work: Work) -> None:
        try:
            outcome = Outcome(int(time.time()), await work())
        except Exception as error:  # whoever asked must see that it failed; no page waits for this task
            outcome = Outcome(int(time.time()), None, type(error).__name__)
        finally:
            del self._tasks[site]
        self._outcomes[site] = outcome
