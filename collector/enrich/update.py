"""Bring the city database up to date: fetch, unpack, check, and only then put it in the place of the old one.

Sources: DB-IP City Lite of the month (db-ip.com/db/download/ip-to-city-lite, CC BY 4.0, no account), or with a key
MaxMind's GeoLite2 City (dev.maxmind.com/geoip/updating-databases). MaxMind publishes a SHA-256 beside the file, which
is compared; DB-IP publishes none for machines, there the checksum within gzip (RFC 1952) tells a damaged file.
"""

import contextlib
import fcntl
import gzip
import itertools
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import maxminddb

from collector.enrich.fetch import MOST_BYTES, GeoError, Missing, Progress, checked_address, fetch
from collector.enrich.place import opened, place_in
from collector.settings import Settings

DB_IP = "https://download.db-ip.com/free"
MAXMIND = "https://download.maxmind.com"
_FILE_ENDINGS = (".mmdb", ".mmdb.gz", ".tar.gz", ".tgz")
# A database that names no city in so many records names none at all.
_SAMPLE = 10_000
_PART = ".part"


class Updated(NamedTuple):
    """What was put in place."""

    file: Path
    kind: str
    """As the file says of itself, such as `DBIP-City-Lite`."""
    built: date
    ip_version: int
    """6 holds both."""
    size: int


def update(settings: Settings, today: date, progress: Progress | None = None) -> Updated:
    """Fetch the newest city database and put it in place by a rename; running processes take it up by themselves.

    Whatever fails, the old file stays as it was. Raises GeoError, or the OSError of a disk that refuses. Blocks: for a
    command, not for an event loop.
    """
    target = _target(settings)
    if not settings.geo:
        settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent), tempfile.TemporaryDirectory(_PART, ".geo-", target.parent) as folder:
        fetched, unpacked = Path(folder) / "fetched", Path(folder) / "unpacked"
        _fetch_newest(settings, today, fetched, progress)
        _unpack(fetched, unpacked)
        updated = _examined(unpacked, target)
        _put_in_place(unpacked, target)
    return updated


def _target(settings: Settings) -> Path:
    """Where `find_database` will find it: the file or folder of BYLEAVE_GEO, else `<data>/geo`."""
    name = "GeoLite2-City.mmdb" if settings.geo_key else "dbip-city-lite.mmdb"
    if not settings.geo:
        return settings.data_path / "geo" / name
    chosen = Path(settings.geo)
    return chosen if chosen.suffix == ".mmdb" or chosen.is_file() else chosen / name


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One update at a time; what a killed one left is removed."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GeoError(f"Another update of {folder} is running: wait for it.") from None
        for left in folder.glob(f".geo-*{_PART}"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(lock)


def _fetch_newest(settings: Settings, today: date, to: Path, progress: Progress | None) -> None:
    base, key = settings.geo_url.rstrip("/"), settings.geo_key
    if base:
        checked_address(base, key)
    if base and urlsplit(base).path.endswith(_FILE_ENDINGS):
        fetch(base, to, key, progress)
    elif key:
        _fetch_maxmind(f"{base or MAXMIND}/geoip/databases/GeoLite2-City/download?suffix=tar.gz", key, to, progress)
    else:
        _fetch_month(base or DB_IP, today, to, progress)


def _fetch_month(base: str, today: date, to: Path, progress: Progress | None) -> None:
    """DB-IP's file of this month or, while that is not out yet, of the last."""
    last = today.replace(day=1) - timedelta(days=1)
    address = f"{base}/dbip-city-lite-{{:%Y-%m}}.mmdb.gz"
    try:
        fetch(address.format(today), to, progress=progress)
    except Missing:
        fetch(address.format(last), to, progress=progress)


def _fetch_maxmind(url: str, key: str, to: Path, progress: Progress | None) -> None:
    if not all(key.partition(":")):
        raise GeoError("BYLEAVE_GEO_KEY is the account's number, a colon, and the licence key: 123456:abcdef.")
    found = fetch(url, to, key, progress)
    beside = to.with_name("checksum")
    fetch(f"{url}.sha256", beside, key)
    if beside.read_text("utf-8", "replace").split()[:1] != [found]:
        raise GeoError("The file is not what its SHA-256 says: damaged on its way. Try again.")


def _unpack(fetched: Path, to: Path) -> None:
    """The database itself, whether it came bare, in gzip, or in a tar of that."""
    try:
        with _inflated(fetched) as file, to.open("wb") as out:
            if file.read(262)[257:] == b"ustar":
                file.seek(0)
                _copy(_member(file), out)
            else:
                file.seek(0)
                _copy(file, out)
            out.flush()
            os.fsync(out.fileno())
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError):
        raise GeoError("What was fetched is damaged: it does not unpack. Try again.") from None


def _inflated(fetched: Path) -> IO[bytes]:
    with fetched.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(fetched, "rb") if packed else fetched.open("rb")  # type: ignore[return-value]  # reads as one


def _member(file: IO[bytes]) -> IO[bytes]:
    """The database in a tar; by its ending, since the folder's name has a date in it."""
    archive = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115  # the file below it is closed by the caller
    for member in archive:
        inside = archive.extractfile(member) if member.name.endswith(".mmdb") else None
        if inside is not None:
            return inside
    raise GeoError("What was fetched is an archive without a .mmdb file. Check BYLEAVE_GEO_URL.")


def _copy(file: IO[bytes], out: IO[bytes]) -> None:
    left = MOST_BYTES
    while chunk := file.read(1 << 20):
        left -= len(chunk)
        if left < 0:
            raise GeoError(f"What was fetched unpacks to more than {MOST_BYTES >> 20} MiB: no city database.")
        out.write(chunk)


def _examined(file: Path, target: Path) -> Updated:
    """What is in `file`, once it is known to hold cities."""
    try:
        with opened(file) as reader:
            facts = reader.metadata()
            places = [place_in(record) for _, record in itertools.islice(reader, _SAMPLE)]
        built = datetime.fromtimestamp(facts.build_epoch, UTC).date()
    except (OSError, ValueError, OverflowError, maxminddb.InvalidDatabaseError):
        raise GeoError("What was fetched is no MaxMind DB file, or a damaged one. Check BYLEAVE_GEO_URL.") from None
    if not any(city for _, city in places):
        raise GeoError(f"What was fetched ({facts.database_type}) names no cities. Check BYLEAVE_GEO_URL.")
    return Updated(target, facts.database_type, built, facts.ip_version, file.stat().st_size)


def _put_in_place(file: Path, target: Path) -> None:
    """Rename it over the old one, which readers keep until they look again; never written over in place."""
    file.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
