"""What a backup is: a tar file whose last two entries say what the others must be.

`manifest.json` names every file with its size and SHA-256 and says which versions wrote it; `manifest.sha256` is its
hash. Both come last, so a backup that was cut off has none.
"""

import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
FORMAT = 1
CHUNK_BYTES = 1024 * 1024
NAME = re.compile(
    r"events/(CURRENT|\d{8}T\d{6}Z-[0-9a-f]{8}\.duckdb)|spool/[0-9a-f]{32}\.sqlite3|state\.sqlite3|keys\.json"
    r"|erasures\.ndjson|demo\.json|(builds|geo)/[A-Za-z0-9_-][A-Za-z0-9._-]*"
)
"""The files a backup may hold; no other name is ever written on restoring."""

_BROKEN = (tarfile.TarError, EOFError, ValueError)
"""What reading a damaged tar raises."""

Moved = Callable[[int], None]
"""Told how many bytes went by."""


class ArchiveError(Exception):
    """A backup cannot be written or used; the message says what to do."""


class Entry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    format: int
    byleave: str
    """The version that wrote it."""
    made: str
    """ISO 8601, UTC: when it was begun. What was acknowledged before is in it."""
    store: int
    """Schema version of the event store."""
    state: str
    """Schema revision of the state database."""
    files: list[Entry]


class Writer:
    """Puts files into a tar one after the other, and at last the manifest. Blocks."""

    def __init__(self, target: BinaryIO, made: int, moved: Moved) -> None:
        self.entries: list[Entry] = []
        self._tar = tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # close() ends it
        self._made = made
        self._moved = moved

    def add(self, name: str, path: Path) -> None:
        """A file that nobody changes meanwhile. Raises OSError."""
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            self._add(name, file, found.st_size, int(found.st_mtime))

    def add_bytes(self, name: str, content: bytes) -> None:
        """A small file from memory."""
        self._add(name, io.BytesIO(content), len(content), self._made)

    def close(self, manifest: Manifest) -> None:
        """Write the manifest and the end of the tar."""
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        self.add_bytes(MANIFEST, content)
        self.add_bytes(SEAL, hashlib.sha256(content).hexdigest().encode())
        self._tar.close()

    def _add(self, name: str, file: BinaryIO, size: int, changed: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, changed
        source = _Hashed(file, self._moved)
        self._tar.addfile(entry, source)
        self.entries.append(Entry(name, size, source.sha256.hexdigest()))


class Reader:
    """A backup whose list of files is whole. Blocks; raises ArchiveError where it is damaged or newer than this."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._tar = tarfile.open(path, mode="r:")  # noqa: SIM115  # close() ends it
        except _BROKEN:
            raise self._damaged("it is no tar file") from None
        try:
            self.manifest = self._manifest()
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """How much there is to read."""
        return sum(entry.bytes for entry in self.manifest.files)

    def take(self, entry: Entry, into: Path, moved: Moved) -> None:
        """Write one file out. Raises ArchiveError where its bytes are not those that were backed up."""
        source = _Hashed(self._open(entry.name), moved)
        with into.open("xb") as file:
            into.chmod(0o600)
            try:
                while some := source.read(CHUNK_BYTES):
                    file.write(some)
            except _BROKEN:
                raise self._damaged(f"{entry.name} in it is cut off") from None
            file.flush()
            os.fsync(file.fileno())
        changed = self._tar.getmember(entry.name).mtime
        os.utime(into, (changed, changed))  # a build of the tag is served for a year from then
        if source.bytes != entry.bytes or source.sha256.hexdigest() != entry.sha256:
            raise self._damaged(f"{entry.name} in it is not what was backed up")

    def close(self) -> None:
        """Close the file."""
        self._tar.close()

    def _open(self, name: str) -> IO[bytes]:
        try:
            found = self._tar.extractfile(name)
        except (KeyError, *_BROKEN):
            found = None
        if found is None:
            raise self._damaged(f"{name} is missing")
        return found

    def _manifest(self) -> Manifest:
        try:
            content, seal = self._open(MANIFEST).read(), self._open(SEAL).read()
            if hashlib.sha256(content).hexdigest().encode() != seal:
                raise self._damaged("its manifest is not what was written")
            if (found := msgspec.json.decode(content)["format"]) != FORMAT:
                raise self._newer(f"has the format {found}, this version reads {FORMAT}")
            manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.MsgspecError, KeyError, TypeError, *_BROKEN):
            raise self._damaged("its manifest cannot be read") from None
        strange = [entry.name for entry in manifest.files if not NAME.fullmatch(entry.name)]
        if strange:
            raise self._damaged(f"it holds the strange name {strange[0]!r}")
        return manifest

    def _damaged(self, why: str) -> ArchiveError:
        return ArchiveError(f"{self._path} is no whole backup: {why}. Take another one; nothing was restored.")

    def _newer(self, why: str) -> ArchiveError:
        return ArchiveError(f"{self._path} {why}. Install the version that wrote it, or a later one.")


class _Hashed:
    """Reads a file and hashes what goes by."""

    def __init__(self, file: IO[bytes], moved: Moved) -> None:
        self.sha256 = hashlib.sha256()
        self.bytes = 0
        self._file = file
        self._moved = moved

    def read(self, size: int = -1) -> bytes:
        some = self._file.read(size)
        self.sha256.update(some)
        self.bytes += len(some)
        self._moved(len(some))
        return some
