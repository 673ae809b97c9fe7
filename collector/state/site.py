"""What the house knows of a site and its notices, as the hot path reads it from memory."""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

import msgspec

from collector.state.declined import Declined

ZONES = frozenset(available_timezones())  # read at import: it walks the disk
MOST_GLOBS = 50  # every page is held against each of them
LONGEST_GLOB = 256  # characters
TITLE_MAX = 80  # characters
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class SiteError(Declined):
    """A site's name or setting cannot be used; the message says what to do."""


class Site(msgspec.Struct, frozen=True):
    """One site: its hostnames and how its owner reads it."""

    name: str
    aliases: tuple[str, ...] = ()
    timezone: str = "UTC"
    path_keep: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    created_at: int = 0
    title: str = ""

    @property
    def called(self) -> str:
        """What people read for it: its title, or its name where it has none."""
        return self.title or self.name

    def owns(self, host: str) -> bool:
        """Whether a hostname is this site's: its name, an alias, or below a `*.` alias."""
        if host == self.name:
            return True
        for alias in self.aliases:  # noqa: SIM110  # any() with a generator would cost each pageview 0.5 µs more
            if host == alias or (alias.startswith("*.") and host.endswith(alias[1:])):
                return True
        return False


class Notice(msgspec.Struct, frozen=True):
    """One published notice; `body` is the canonical JSON's content."""

    id: str
    seq: int
    site: str
    draft: bool
    material: bool
    published_at: int
    body: dict[str, Any]

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes it offers; `measure` always."""
        return tuple(self.body["purposes"])

    @property
    def k(self) -> int:
        """Fewest distinct subjects a folded row must have."""
        return int(self.body["k"])

    @property
    def query_keep(self) -> tuple[str, ...]:
        """Query names whose values may be stored."""
        return tuple(self.body["query_keep"])

    @property
    def visits_shown(self) -> bool:
        """Whether reports show single visits; a notice of before this was a choice does not say, and they do."""
        return bool(self.body.get("visits", "shown") == "shown")

    @property
    def published(self) -> datetime:
        """Aware UTC time of publication."""
        return datetime.fromtimestamp(self.published_at, UTC)


def hostname(text: str, *, wildcard: bool = False) -> str:
    """A hostname in the form sites are known by: lower case, punycode, no port. Raises SiteError.

    Internationalised names follow IDNA; a leading `*.` is allowed for aliases.
    """
    name = text.strip().lower().rstrip(".")
    prefix = ""
    if wildcard and name.startswith("*."):
        prefix, name = "*.", name[2:]
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        raise SiteError(f"'{text}' is not a hostname: give it like example.com.", "hostname", host=text) from None
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise SiteError(
            f"'{text}' is not a hostname: give it like example.com, without https:// and path.", "hostname", host=text
        )
    if prefix and "." not in name and name != "localhost":
        raise SiteError(
            f"'{text}' would take in every website below .{name}: give it like *.example.{name}.", "wide", host=text
        )
    return prefix + name


def timezone(name: str) -> str:
    """A valid IANA time zone name. Raises SiteError."""
    if name not in ZONES:
        raise SiteError(
            f"'{name}' is not an IANA time zone: give it like Europe/Berlin or America/New_York.", "zone", zone=name
        )
    return name


def titled(text: str) -> str:
    """A title without the space around it; empty for none. Raises SiteError.

    Control and direction characters are no printable ones: a title must not turn round or hide what stands beside it.
    """
    title = text.strip()
    if len(title) > TITLE_MAX or not title.isprintable():
        raise SiteError(
            f"The title cannot be used: give at most {TITLE_MAX} printable characters, on one line.",
            "title", most=TITLE_MAX,
        )  # fmt: skip
    return title


def globs(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns of pages (`*` any run of characters, `?` any one), each once, in their order. Raises SiteError."""
    found = tuple(dict.fromkeys(filter(None, map(str.strip, texts))))
    if len(found) > MOST_GLOBS:
        raise SiteError(f"These are {len(found)} patterns: give at most {MOST_GLOBS}.")
    for glob in found:
        if not glob.startswith(("/", "*")) or "#" in glob or not glob.isprintable():
            raise SiteError(f"'{glob}' can match no page: give a path like /product/*, without https:// and hostname.")
        if len(glob) > LONGEST_GLOB:
            raise SiteError(f"'{glob[:32]}…' is too long: give at most {LONGEST_GLOB} characters.")
    return found


def kept_paths(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns of pages whose numbers are not scrubbed. Raises SiteError, for one of the whole site too."""
    found = globs(texts)
    for glob in found:
        if not glob.strip("/*?"):
            raise SiteError(f"'{glob}' would keep every page as it is: name the part of the site, like /product/*.")
    return found


def is_loopback_host(host: str) -> bool:
    """Whether a hostname or address (brackets allowed) is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    if not host.startswith(("127.", "[", ":")) and ":" not in host:
        return False  # a name: what parses addresses takes 10 µs
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
