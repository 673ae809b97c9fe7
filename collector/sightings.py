"""What was last seen of a site's tag, so that whoever installs it can be told what is wrong. In memory alone.

Of a page that asks only the hostname is held, and only where it is none of the site's; no path, no address, no browser.
Each collecting process tells the owner of the store over the control socket, and the dashboard asks there: so it is the
same in one process and in several. It is told for half an hour, and gone when the owner ends.
"""

import asyncio
import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from collector import control
from collector.control import Control, ControlError, NoOwner

KEPT_S = 1_800
MOST = 8  # details held of each kind for each site; the one seen longest ago goes first
TELL_S = 1.0
AT_ONCE = 2_000  # told in one request, far below what the socket takes

Sighted = tuple[str, str, str, int]
"""Site ("" for the whole server), what, detail, and when last, in Unix seconds."""


class What(StrEnum):
    """Everything that is noted, and its detail."""

    TAG = "tag"
    """A browser fetched the tag, of whichever site: the request does not say."""
    ASKED = "asked"
    """A page fetched the texts of the question."""
    YES = "yes"
    YES_REFUSED = "yes refused"
    """The slug of a refusal."""
    EVENTS_REFUSED = "events refused"
    """The slug of a refusal."""
    FOREIGN = "foreign"
    """A page on a host that is not the site's: the host, scrubbed like that of a row."""
    INSECURE = "insecure"
    """A page of the site without HTTPS: its host."""
    NAMELESS = "nameless"
    """A page without a hostname: from a file, in a sandbox, or by the machine's bare address."""
    MISNAMED = "misnamed"
    """A page of the site whose tag names a site that is not here: that name."""
    FORWARDED = "forwarded"
    """Through a proxy that is not trusted to say for whom: `private` or `public`, as its network is."""
    DIRECT = "direct"
    """From a peer that forwards for nobody, or is trusted to."""


class Sightings:
    """The latest time of each sighting, within bounds."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], dict[str, int]] = {}

    def note(self, site: str, what: str, detail: str = "", at: int | None = None) -> None:
        """Seen now, or `at` that time."""
        kept = self._seen.setdefault((site, what), {})
        before = kept.pop(detail, 0)
        kept[detail] = max(before, int(time.time()) if at is None else at)
        if len(kept) > MOST:
            del kept[next(iter(kept))]

    def add(self, found: Iterable[Sighted]) -> None:
        """Take over what another process saw."""
        for site, what, detail, at in found:
            self.note(site, what, detail, at)
        self._forget()

    def take(self) -> list[Sighted]:
        """What there is, at most so many; it is held here no longer."""
        self._forget()
        found: list[Sighted] = []
        while self._seen and len(found) < AT_ONCE:
            (site, what), kept = self._seen.popitem()
            found += [(site, what, detail, at) for detail, at in kept.items()]
        return found

    def of(self, site: str) -> list[Sighted]:
        """What was seen of a site, and of the server as a whole."""
        self._forget()
        return [
            (name, what, detail, at)
            for (name, what), kept in self._seen.items()
            if name in ("", site)
            for detail, at in kept.items()
        ]

    def _forget(self) -> None:
        since = time.time() - KEPT_S
        for key in [*self._seen]:
            kept = self._seen[key] = {detail: at for detail, at in self._seen[key].items() if at > since}
            if not kept:
                del self._seen[key]


def offer(listening: Control, sightings: Sightings) -> None:
    """Answer the commands `sighted`, by which a collector tells, and `sightings`, by which the dashboard asks."""

    async def sighted(found: list[Sighted]) -> None:
        sightings.add(found)

    async def told(site: str) -> list[Sighted]:
        return sightings.of(site)

    listening.register("sighted", sighted)
    listening.register("sightings", told)


async def tell_for_ever(sightings: Sightings, data: Path) -> None:
    """Tell the owner of the store every second what this process saw, if anything."""
    while True:
        await asyncio.sleep(TELL_S)
        await tell(sightings, data)


async def tell(sightings: Sightings, data: Path) -> None:
    """Tell the owner what was seen since; where none listens it waits, within its bounds."""
    found = sightings.take()
    if not found:
        return
    try:
        await control.call(data, "sighted", found=found)
    except (NoOwner, ControlError, OSError):
        sightings.add(found)
