"""Which pages may use the collector: an Origin header is judged once, and remembered until the sites change."""

from typing import NamedTuple
from urllib.parse import urlsplit

from collector.http import Lines, line
from collector.state.follow import Follower
from collector.state.site import Site, is_loopback_host

HELD = 4_096  # allowed origins in memory, ~0.5 KB each; a wildcard alias allows any number
LONGEST = 300  # bytes of an origin: a hostname has 253


class Origin(NamedTuple):
    """An origin that may use the collector."""

    host: str
    site: str
    """Name of the site that the host belongs to; empty where it is none's."""
    local: bool
    """A page of this machine, while the server itself listens on it alone: it may use every site."""
    head: Lines
    """Let the page read the answer."""

    def may_use(self, site: Site) -> bool:
        """Whether a page of this origin may speak for a site."""
        return self.local or self.site == site.name


class Origins:
    """The origins of one process. Holds allowed ones alone, so that nobody fills the memory with made-up ones."""

    def __init__(self, follower: Follower, local: bool) -> None:
        self._follower = follower
        self._local = local
        self._sites = follower.sites
        self._known: dict[bytes, Origin] = {}

    def find(self, raw: bytes) -> Origin | None:
        """The origin of a header's value, if it may use the collector."""
        if self._sites is not self._follower.sites:  # read anew: a hostname may have come, gone or moved
            self._known.clear()
            self._sites = self._follower.sites
        found = self._known.get(raw)
        if found is None:
            found = self._judged(raw) if len(raw) <= LONGEST else None
            if found is not None:
                if len(self._known) >= HELD:
                    self._known.clear()
                self._known[raw] = found
        return found

    def __len__(self) -> int:
        return len(self._known)

    def _judged(self, raw: bytes) -> Origin | None:
        scheme, host = split_origin(raw.decode("latin-1"))
        site = self._follower.site_of(host) if host else None
        local = self._local and is_loopback_host(host)
        if not local and (site is None or scheme != "https"):
            return None
        return Origin(host, site.name if site else "", local, readable_by(raw))


def readable_by(origin: bytes) -> Lines:
    """The headers that let a page of an origin, and no other, read the answer (the Fetch standard, CORS protocol)."""
    return (
        line(b"vary", b"Origin"),
        line(b"access-control-allow-origin", origin),
        line(b"access-control-expose-headers", b"Retry-After"),
    )


def split_origin(text: str) -> tuple[str, str]:
    """(scheme, hostname) of an Origin header (RFC 6454, section 7); two empty texts for what is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "", ""
    host = parts.hostname or ""
    netloc = f"[{host}]" if ":" in host else host
    rebuilt = f"{parts.scheme}://{netloc}" + (f":{port}" if port is not None else "")
    whole = parts.scheme in ("http", "https") and bool(host) and rebuilt == text.lower()
    return (parts.scheme, host) if whole else ("", "")
